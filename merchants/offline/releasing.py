"""Giving back what no till claimed in time."""

from __future__ import annotations

import logging
from datetime import datetime

from ledger.errors import LedgerError
from ledger.money import Money
from merchants.models import Allowance
from merchants.offline.allowances import reference_of, tell
from wallet.errors import WalletError
from wallet.idempotency import use_case
from wallet.reserves import set_free
from wallet.wallets import lock

log = logging.getLogger(__name__)

BATCH = 500


def release_due(*, at: datetime) -> int:
    """Release the allowances whose deadline is over, each by itself; return how many."""
    due = Allowance.objects.exclude(state=Allowance.State.RELEASED).filter(deadline_at__lt=at)
    released = 0
    for pk in due.order_by("deadline_at").values_list("pk", flat=True)[:BATCH]:
        try:
            released += _release(pk=pk, at=at)
        except (LedgerError, WalletError):
            # Staff froze the wallet: it waits, and keeps no other waiting.
            log.warning("allowance %s cannot be released now", pk)
    return released


@use_case
def _release(*, pk: int, at: datetime) -> bool:
    """Release one, unless somebody was quicker."""
    (wallet,) = lock(Allowance.objects.select_related("wallet").get(pk=pk).wallet)
    rows = Allowance.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("wallet").get(pk=pk)
    if found.state == Allowance.State.RELEASED or found.deadline_at >= at:
        return False
    rest = Money(found.reserve_minor, found.currency)
    found.released_minor, found.released_at = rest.minor, at
    found.state = Allowance.State.RELEASED
    found.save(update_fields=["released_minor", "released_at", "state"])
    set_free(wallet=wallet, amount=rest, reference=reference_of(found.public_id), at=at)
    if rest.minor:
        tell(found, "offline.returned", rest, at)
    return True
