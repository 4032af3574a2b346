"""Where a merchant is paid to: changed by a request that another person approves, and then later.

A changed account is not paid to before ``COOLING_OFF`` has passed: whoever took over an owner's
session gains nothing at once, and the owner has time to object. The one before is paid to until
then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest

from merchants.access.audits import name_of, note
from merchants.errors import (
    BankAccountDecided,
    BankAccountRequested,
    SecondPersonNeeded,
    SeenOther,
)
from merchants.models import Merchant, MerchantBankAccount
from merchants.onboarding.digests import account_facts, digest_of
from merchants.onboarding.staff import require_staff
from merchants.refusals import refused_as
from wallet.idempotency import use_case
from wallet.models import User
from wallet.withdrawals.numbers import normal_number

COOLING_OFF = timedelta(hours=72)
_State = MerchantBankAccount.State


def paid_to(*, merchant: Merchant, at: datetime) -> MerchantBankAccount | None:
    """Return the bank account that a merchant is paid to at an instant; None: it has none yet."""
    usable = MerchantBankAccount.objects.filter(
        merchant=merchant, state=_State.APPROVED, usable_from__lte=at
    )
    return usable.order_by("-usable_from", "-pk").first()


@use_case
def request_change(
    *,
    merchant: Merchant,
    bank_code: str,
    number: str,
    holder_name: str,
    by: User,
    at: datetime,
) -> MerchantBankAccount:
    """Ask for a merchant to be paid to another bank account.

    Raises:
        UnknownBank, InvalidAccountNumber: there is no such account.
        BankAccountRequested: another change waits for a decision.

    """
    bank_code, number = normal_number(bank_code=bank_code, text=number)
    with refused_as(BankAccountRequested, "merchants_bank_account_one_request"):
        account = MerchantBankAccount.objects.create(
            merchant=merchant,
            bank_code=bank_code,
            number=number,
            holder_name=holder_name,
            requested_by=by,
            requested_at=at,
        )
    _note(account, "requested", by, at)
    return account


@use_case
def cancel_change(*, account: MerchantBankAccount, by: User, at: datetime) -> MerchantBankAccount:
    """Take a request back, or refuse an account that was approved and is not paid to yet.

    Raises:
        BankAccountDecided: it is paid to, or was rejected or cancelled.

    """
    found = _locked(account)
    is_cooling = found.usable_from is not None and found.usable_from > at
    if found.state != _State.REQUESTED and not is_cooling:
        raise BankAccountDecided
    found.state, found.usable_from = _State.CANCELLED, None
    found.save(update_fields=["state", "usable_from"])
    _note(found, "cancelled", by, at)
    return found


@use_case
def approve_change(
    *, account: MerchantBankAccount, seen: str, by: User, at: datetime
) -> MerchantBankAccount:
    """Approve a request; the account is paid to once the cooling-off has passed.

    Raises:
        NotStaff: not one of our people.
        BankAccountDecided: it was decided or cancelled.
        SecondPersonNeeded: the approver asked for it.
        SeenOther: it is not what was shown; see Note [What was seen].

    """
    found = _open_for(by, account)
    if by.pk == found.requested_by_id:
        raise SecondPersonNeeded
    digest = digest_of(account_facts(found))
    if not compare_digest(digest.encode(), seen.encode()):
        raise SeenOther
    found.state, found.approved_digest = _State.APPROVED, digest
    found.decided_by, found.decided_at, found.usable_from = by, at, at + COOLING_OFF
    found.save()
    _note(found, "approved", by, at)
    return found


@use_case
def reject_change(
    *, account: MerchantBankAccount, reason: str, by: User, at: datetime
) -> MerchantBankAccount:
    """Turn a request down.

    Raises:
        NotStaff: not one of our people.
        BankAccountDecided: it was decided or cancelled.

    """
    found = _open_for(by, account)
    found.state, found.reason = _State.REJECTED, reason
    found.decided_by, found.decided_at = by, at
    found.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    _note(found, "rejected", by, at, reason)
    return found


def _open_for(by: User, account: MerchantBankAccount) -> MerchantBankAccount:
    require_staff(by)
    found = _locked(account)
    if found.state != _State.REQUESTED:
        raise BankAccountDecided
    return found


def _locked(account: MerchantBankAccount) -> MerchantBankAccount:
    rows = MerchantBankAccount.objects.select_related("merchant")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=account.pk)


def _note(
    account: MerchantBankAccount, what: str, by: User, at: datetime, reason: str = ""
) -> None:
    note(
        merchant=account.merchant,
        action=f"bank_account.{what}",
        actor=name_of(by),
        reason=reason,
        facts={"bank_account": str(account.public_id), "number": account.masked},
        at=at,
    )
