"""Bank accounts of holders: added, checked with the bank, verified by a code, removed.

The bank deposits the smallest unit with a code beside it. Who reads the code has the account's
statement in hand; the name on the account is compared before that.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.chart import OPERATING, PROVIDER_FEES
from wallet.due import ask_about, claim
from wallet.errors import (
    AccountCodeExpired,
    BankAccountKnown,
    BankAccountState,
    TooManyBankAccounts,
    WalletNotOpen,
    WrongAccountCode,
)
from wallet.idempotency import use_case
from wallet.models import BankAccount, Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.providers import payouts
from wallet.providers.channel import ProviderUnavailable
from wallet.wallets import lock
from wallet.withdrawals.numbers import normal_number

log = logging.getLogger(__name__)

MOST_ACCOUNTS = 10
MOST_WRONG_CODES = 3
DAY = timedelta(hours=24)
CODE_VALID = timedelta(minutes=30)
CHECK_AFTER = timedelta(seconds=30)
CHECK_BATCH = 100
_CODES = 1_000
_WORD = "지갑"

_Status = BankAccount.Status
# Every way that a bank account goes; all others are refused.
EDGES = {
    (_Status.CHECKING, _Status.AWAITING_CODE),
    (_Status.CHECKING, _Status.REFUSED),
    (_Status.AWAITING_CODE, _Status.VERIFIED),
    (_Status.AWAITING_CODE, _Status.REFUSED),
    (_Status.CHECKING, _Status.REMOVED),
    (_Status.AWAITING_CODE, _Status.REMOVED),
    (_Status.VERIFIED, _Status.REMOVED),
    (_Status.REFUSED, _Status.REMOVED),
}


@use_case
def add(
    *, wallet: Wallet, bank_code: str, number: str, holder_name: str, proof: Proof, at: datetime
) -> BankAccount:
    """Write down a bank account to check; the bank is asked after this is committed.

    Raises:
        UnknownBank: there is no such bank.
        InvalidAccountNumber: the bank has no such number.
        BankAccountKnown: the holder has added it before.
        TooManyBankAccounts: the holder has as many as one may have.
        WalletNotOpen: the wallet is frozen or closed.

    """
    bank_code, number = normal_number(bank_code=bank_code, text=number)
    (wallet,) = lock(wallet)
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    # Nothing moves yet: the smallest amount stands for "any at all".
    least = Money(1, wallet.currency)
    authorize(
        proof=proof, wallet=wallet, purpose="BANK_ACCOUNT", amount=least, payee=number, at=at
    )
    # Removed ones count for a day: each one added costs a deposit, and gives new codes to guess.
    kept = BankAccount.objects.filter(~Q(status=_Status.REMOVED) | Q(added_at__gt=at - DAY))
    if kept.filter(holder=wallet.holder_id).count() >= MOST_ACCOUNTS:
        raise TooManyBankAccounts
    try:
        with transaction.atomic():
            return BankAccount.objects.create(
                holder_id=wallet.holder_id,
                bank_code=bank_code,
                number=number,
                holder_name=holder_name,
                currency=wallet.currency,
                added_at=at,
                poll_at=at + CHECK_AFTER,
            )
    except IntegrityError as exc:
        raise BankAccountKnown from exc


def check(*, account: BankAccount, at: datetime) -> None:
    """Ask the bank about an account; when it does not answer, the job asks again."""
    try:
        _inquire(account, at)
    except ProviderUnavailable:
        log.warning("the bank did not answer; %s is asked about again", account)


def check_waiting(*, at: datetime) -> int:
    """Ask about accounts that the bank gave no answer for; return how many it answered."""
    waiting = BankAccount.objects.filter(status=_Status.CHECKING)
    found = claim(waiting, at, CHECK_AFTER, CHECK_BATCH)
    return ask_about(found, lambda account: _inquire(account, at))


def _inquire(account: BankAccount, at: datetime) -> bool:
    name = payouts.inquire(account, text=f"{_WORD}{code_of(account)}")
    note_check(account=account, name=name, at=at)
    return True


@use_case
def note_check(*, account: BankAccount, name: str, at: datetime) -> BankAccount:
    """Note what the bank said: the holder's name, empty where there is no such account."""
    found = _locked(account)
    if found.status != _Status.CHECKING:
        return found
    if not name:
        return _refuse(found, "ACCOUNT_UNKNOWN")
    if _plain(name) != _plain(found.holder_name):
        return _refuse(found, "NAME_DIFFERS")
    move(found, _Status.AWAITING_CODE)
    found.code_sent_at = at
    found.save(update_fields=["status", "code_sent_at"])
    least = Money(1, found.currency)
    post(
        kind="ACCOUNT_CHECK",
        reference=f"account_check:{found.public_id}",
        legs=[
            debit(account_id(PROVIDER_FEES, found.currency), least),
            credit(account_id(OPERATING, found.currency), least),
        ],
        effective_at=at,
    )
    return found


def verify(*, account: BankAccount, code: str, at: datetime) -> BankAccount:
    """Verify an account by the code beside the deposit.

    A wrong code is counted before this answers, and the account is refused after a few of them.

    Raises:
        WrongAccountCode: it is another code.
        AccountCodeExpired: the deposit was made too long ago.
        BankAccountState: no code is awaited.

    """
    tried = try_code(account=account, code=code, at=at)
    if tried.status != _Status.VERIFIED:
        raise WrongAccountCode
    return tried


@use_case
def try_code(*, account: BankAccount, code: str, at: datetime) -> BankAccount:
    """Try a code: verified by the right one; a wrong one is counted, never rolled back.

    Raises:
        AccountCodeExpired: the deposit was made too long ago.
        BankAccountState: no code is awaited.

    """
    found = _locked(account)
    if found.status != _Status.AWAITING_CODE or found.code_sent_at is None:
        raise BankAccountState
    if at - found.code_sent_at > CODE_VALID:
        raise AccountCodeExpired
    if constant_time_compare(code, code_of(found)):
        move(found, _Status.VERIFIED)
        found.verified_at = at
        found.save(update_fields=["status", "verified_at"])
        return found
    found.wrong_codes += 1
    found.save(update_fields=["wrong_codes"])
    return _refuse(found, "WRONG_CODES") if found.wrong_codes >= MOST_WRONG_CODES else found


@use_case
def remove(*, account: BankAccount, at: datetime) -> BankAccount:  # noqa: ARG001
    """Remove an account; withdrawals on their way to it still arrive. Again changes nothing."""
    found = _locked(account)
    if found.status != _Status.REMOVED:
        move(found, _Status.REMOVED)
        found.save(update_fields=["status"])
    return found


def code_of(account: BankAccount) -> str:
    """Return the three digits beside the deposit; made from the id, so they are stored nowhere."""
    digest = salted_hmac("wallet.bank_account_code", str(account.public_id), algorithm="sha256")
    return f"{int.from_bytes(digest.digest()) % _CODES:03}"


def _locked(account: BankAccount) -> BankAccount:
    return BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)


def _refuse(found: BankAccount, why: str) -> BankAccount:
    move(found, _Status.REFUSED)
    found.refusal = why
    found.save(update_fields=["status", "refusal"])
    return found


def move(found: BankAccount, status: BankAccount.Status) -> None:
    """Set the status of a locked bank account, without saving it.

    Raises:
        BankAccountState: no edge leads there from where it is.

    """
    if (_Status(found.status), status) not in EDGES:
        raise BankAccountState
    found.status = status


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
