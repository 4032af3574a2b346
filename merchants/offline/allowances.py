"""Allowances: money set aside for one telephone, with the certificate that it spends it under."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import F, Sum

from ledger.money import Money
from merchants.errors import AllowanceTooLarge, OfflineNotEligible
from merchants.models import Allowance, OfflineCase
from merchants.offline.issuing import issuer
from merchants.offline.terms import LIST_AGE
from merchants.offline.wire import records
from merchants.offline.wire.certificates import ALLOWANCE_TAG, AllowanceCertificate
from wallet.events import record
from wallet.idempotency import use_case
from wallet.models import AllowanceLimit, Device, Wallet
from wallet.proof.proofs import Proof
from wallet.reserves import set_aside
from wallet.wallets import lock

# After a certificate ends, tills have so long to upload what they took before.
PRESENTED_WITHIN = timedelta(hours=72)


@use_case
def issue(
    *, wallet: Wallet, device: Device, amount: Money, proof: Proof, at: datetime
) -> Allowance:
    """Set money aside for a device of the holder; an allowance it had before ends.

    Raises:
        OfflineNotOffered: there is no key to issue it under.
        OfflineNotEligible: the wallet, its holder or the device may not.
        AllowanceTooLarge: more than may be out at once.
        CurrencyMismatch, WalletNotOpen, PinRequired, StepUpRequired, LimitExceeded,
        InsufficientFunds: as for ``wallet.reserves.set_aside``.

    """
    key, (wallet,) = issuer(), lock(wallet)
    for before in _active(device):
        _end(before, at)
    limit = _limit_of(wallet, device, at)
    _require_room(wallet, limit, amount)
    public_id = uuid.uuid4()
    set_aside(wallet=wallet, amount=amount, proof=proof, reference=reference_of(public_id), at=at)
    expires_at = at + timedelta(hours=limit.hours)
    certificate = AllowanceCertificate(
        key_id=key.key_id,
        allowance_id=public_id.bytes[: records.ID_BYTES],
        device_key=bytes(device.public_key),
        currency=amount.currency,
        cap=amount.minor,
        each=min(limit.each_minor, amount.minor),
        count=limit.count,
        issued_at=int(at.timestamp()),
        expires_at=int(expires_at.timestamp()),
    )
    made = Allowance.objects.create(
        public_id=public_id,
        short_id=certificate.allowance_id,
        wallet=wallet,
        device=device,
        currency=amount.currency,
        loaded_minor=amount.minor,
        body=certificate.body,
        signature=key.sign(ALLOWANCE_TAG, certificate.body),
        issued_at=at,
        expires_at=expires_at,
        deadline_at=expires_at + PRESENTED_WITHIN,
    )
    tell(made, "offline.loaded", amount, at)
    return made


@use_case
def end(*, allowance: Allowance, at: datetime) -> Allowance:
    """End an allowance early; a second time changes nothing.

    The rest is its holder's once no till that took a voucher can still be on its way.
    """
    lock(allowance.wallet)
    found = Allowance.objects.select_for_update(no_key=True, of=("self",)).get(pk=allowance.pk)
    if found.state == Allowance.State.ACTIVE:
        _end(found, at)
    return found


def reference_of(public_id: uuid.UUID) -> str:
    """Return the reference under which an allowance's money was set aside."""
    return f"offline:{public_id}"


def tell(allowance: Allowance, kind: str, amount: Money, at: datetime) -> None:
    """Tell the holder what happened to an allowance."""
    money = {"amount": amount.to_major(), "currency": amount.currency}
    facts: dict[str, object] = {"allowance_id": str(allowance.public_id), "amount": money}
    record(wallet=allowance.wallet, kind=kind, facts=facts, at=at)


def _active(device: Device) -> list[Allowance]:
    rows = Allowance.objects.select_for_update(no_key=True)
    return list(rows.filter(device=device, state=Allowance.State.ACTIVE))


def _end(allowance: Allowance, at: datetime) -> None:
    """End a locked allowance. Tills that are online hear of it, the others within LIST_AGE."""
    allowance.state, allowance.ended_at = Allowance.State.ENDED, at
    allowance.deadline_at = min(allowance.deadline_at, at + LIST_AGE + PRESENTED_WITHIN)
    allowance.save(update_fields=["state", "ended_at", "deadline_at"])


def _limit_of(wallet: Wallet, device: Device, at: datetime) -> AllowanceLimit:
    limit = AllowanceLimit.objects.filter(tier=wallet.tier, currency=wallet.currency).first()
    if limit is None:
        raise OfflineNotEligible("its holder is not verified")
    if at < wallet.opened_at + timedelta(days=limit.least_age_days):
        raise OfflineNotEligible("it is too new")
    # Locked, so that nobody revokes it meanwhile.
    rows = Device.objects.select_for_update(no_key=True).filter(pk=device.pk, revoked_at=None)
    if not rows.filter(user_id=wallet.holder_id).exists():
        raise OfflineNotEligible("the device is not its holder's")
    cases = OfflineCase.objects.filter(allowance__wallet__holder_id=wallet.holder_id)
    if cases.filter(closed_at=None).exists():
        raise OfflineNotEligible("a case is open")
    return limit


def _require_room(wallet: Wallet, limit: AllowanceLimit, amount: Money) -> None:
    rows = Allowance.objects.filter(wallet=wallet).exclude(state=Allowance.State.RELEASED)
    out = rows.aggregate(minor=Sum(F("loaded_minor") - F("claimed_minor")))["minor"] or 0
    if amount.minor > limit.cap_minor - out:
        left = Money(max(limit.cap_minor - out, 0), wallet.currency)
        raise AllowanceTooLarge(left.to_major(), left.currency)
