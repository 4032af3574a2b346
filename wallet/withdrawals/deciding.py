"""What the bank did with a withdrawal."""

from __future__ import annotations

import uuid
from datetime import datetime

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet import events
from wallet.chart import SAFEGUARDING, SUSPENSE, WITHDRAWAL_FEES, WITHDRAWALS_IN_TRANSIT
from wallet.errors import UnknownWithdrawal, WithdrawalState
from wallet.idempotency import use_case
from wallet.limits.spending import give_back
from wallet.models import Wallet, Withdrawal
from wallet.wallets import lock

_Status = Withdrawal.Status

# Every way that a withdrawal goes; all others are refused. The bank's callback may be here before
# its answer is, and a confirmed payment may be returned days later.
EDGES = {
    (_Status.ASKED, _Status.SENT),
    (_Status.ASKED, _Status.CONFIRMED),
    (_Status.ASKED, _Status.RETURNED),
    (_Status.SENT, _Status.CONFIRMED),
    (_Status.SENT, _Status.RETURNED),
    (_Status.CONFIRMED, _Status.RETURNED),
}

# The holder's own doing: the bank worked for it, so the fee stays.
FEE_KEPT_FOR = frozenset({"ACCOUNT_CLOSED", "NAME_DIFFERS", "ACCOUNT_UNKNOWN"})


@use_case
def note_sent(*, public_id: uuid.UUID, at: datetime, reference: str = "") -> Withdrawal:
    """Note that the bank has taken a withdrawal; no money moves, and later news stands.

    Raises:
        UnknownWithdrawal: it was never asked for.

    """
    found = _locked(public_id)
    if found.status != _Status.ASKED:
        return found
    move(found, _Status.SENT)
    found.sent_at, found.bank_reference = at, reference
    found.save(update_fields=["status", "sent_at", "bank_reference"])
    _record(found, "withdrawal.sent", at)
    return found


@use_case
def confirm(*, public_id: uuid.UUID, amount: Money, at: datetime) -> Withdrawal:
    """Book that the money has left the bank; a second time changes nothing.

    Raises:
        UnknownWithdrawal: it was never asked for, or for another amount.
        WithdrawalState: the bank returned it before.

    """
    found = _locked(public_id, amount)
    if found.status == _Status.CONFIRMED:
        return found
    move(found, _Status.CONFIRMED)
    found.confirmed_at = at
    found.save(update_fields=["status", "confirmed_at"])
    post(
        kind="WITHDRAWAL_CONFIRMED",
        reference=f"withdrawal_confirmed:{public_id}",
        legs=[
            debit(account_id(WITHDRAWALS_IN_TRANSIT, amount.currency), amount),
            credit(account_id(SAFEGUARDING, amount.currency), amount),
        ],
        effective_at=at,
    )
    _record(found, "withdrawal.confirmed", at)
    return found


@use_case
def take_back(*, public_id: uuid.UUID, amount: Money, reason: str, at: datetime) -> Withdrawal:
    """Give the holder back what the bank returned, be it after it was confirmed.

    The fee goes back too, unless the holder gave an account that does not take the money.

    Raises:
        UnknownWithdrawal: it was never asked for, or for another amount.

    """
    found = _locked(public_id, amount)
    if found.status == _Status.RETURNED:
        return found
    was_confirmed = found.status == _Status.CONFIRMED
    move(found, _Status.RETURNED)
    found.returned_at, found.return_reason = at, reason
    found.save(update_fields=["status", "returned_at", "return_reason"])
    fee = Money(0, amount.currency) if reason in FEE_KEPT_FOR else found.fee
    source = SAFEGUARDING if was_confirmed else WITHDRAWALS_IN_TRANSIT
    legs = [debit(account_id(source, amount.currency), amount)]
    if fee.minor > 0:
        legs.append(debit(account_id(WITHDRAWAL_FEES, amount.currency), fee))
    post(
        kind="WITHDRAWAL_RETURNED",
        reference=f"withdrawal_returned:{public_id}",
        legs=[*legs, credit(_receiver(found), amount + fee)],
        effective_at=at,
    )
    give_back(reference=f"withdrawal:{public_id}", amount=amount)
    _record(found, "withdrawal.returned", at, reason=reason, fee_returned=fee.minor > 0)
    return found


def _receiver(found: Withdrawal) -> int:
    """Return the account for returned money: a closed wallet takes none any more."""
    (wallet,) = lock(found.wallet)
    if wallet.status == Wallet.Status.CLOSED:
        return account_id(SUSPENSE, found.currency)
    return wallet.available_account_id


def _locked(public_id: uuid.UUID, amount: Money | None = None) -> Withdrawal:
    rows = Withdrawal.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("wallet").filter(public_id=public_id).first()
    if found is None or (amount is not None and found.amount != amount):
        raise UnknownWithdrawal
    return found


def move(found: Withdrawal, status: Withdrawal.Status) -> None:
    """Set the status of a locked withdrawal, without saving it.

    Raises:
        WithdrawalState: no edge leads there from where it is.

    """
    if (Withdrawal.Status(found.status), status) not in EDGES:
        raise WithdrawalState(found.status, status.value)
    found.status = status


def _record(found: Withdrawal, kind: str, at: datetime, **facts: object) -> None:
    money = {"amount": found.amount.to_major(), "currency": found.currency}
    told = {"id": str(found.public_id), "amount": money, **facts}
    events.record(wallet=found.wallet, kind=kind, facts=told, at=at)
