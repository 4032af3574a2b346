"""Which allowances no till may accept any more, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q

from merchants.models import Allowance
from merchants.offline.issuing import issuer
from merchants.offline.wire.revocations import LIST_TAG, Revocations
from wallet.models import Freeze


def revocations(*, at: datetime) -> str:
    """Return the signed list: unexpired allowances that ended, or whose device or wallet did.

    Raises:
        OfflineNotOffered: there is no key to sign it with.

    """
    key = issuer()
    frozen = Exists(Freeze.objects.filter(wallet_id=OuterRef("wallet_id")))
    over = ~Q(state=Allowance.State.ACTIVE) | Q(device__revoked_at__isnull=False) | frozen
    rows = Allowance.objects.filter(over, expires_at__gt=at)
    ids = sorted(bytes(each) for each in rows.values_list("short_id", flat=True))
    found = Revocations(key.key_id, int(at.timestamp()), tuple(ids))
    return found.text(key.sign(LIST_TAG, found.body))


def revoked_since(allowances: Iterable[Allowance]) -> dict[int, datetime]:
    """Return since when allowances are revoked, by key; those that are not are left out.

    Args:
        allowances: with their devices.

    """
    found = list(allowances)
    wallets = {allowance.wallet_id for allowance in found}
    rows = Freeze.objects.filter(wallet_id__in=wallets).values_list("wallet_id")
    frozen = dict(rows.annotate(since=Min("frozen_at")))
    since = {}
    for allowance in found:
        instants = (
            allowance.ended_at,
            allowance.device.revoked_at,
            frozen.get(allowance.wallet_id),
        )
        known = [instant for instant in instants if instant is not None]
        if known:
            since[allowance.pk] = min(known)
    return since
