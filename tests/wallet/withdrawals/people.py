"""A bank account of Alice's, added and verified over the API, and withdrawals to it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tests.wallet.bank import Counter
from tests.wallet.people import Caller, won
from wallet.models import BankAccount, Wallet, Withdrawal

NUMBER = "3333-01-1234567"


def add(wallet: Wallet, key: str | None = None, **changes: Any) -> Any:
    body = {
        "wallet": str(wallet.public_id),
        "bank_code": "090",
        "number": NUMBER,
        "holder_name": "김지갑",
        **changes,
    }
    return Caller(wallet).post("/bank-accounts", body, key)


def read_code(bank: Counter, account: BankAccount) -> str:
    """Read the code on the account's statement, as its holder would."""
    return str(bank.see(f"/accounts/{account.number}")["deposits"][-1])[-3:]


def say_code(wallet: Wallet, account: BankAccount, code: str) -> Any:
    return Caller(wallet).client.post(
        f"/api/v1/bank-accounts/{account.public_id}/code",
        {"code": code},
        content_type="application/json",
    )


def added(wallet: Wallet, **changes: Any) -> BankAccount:
    answer = add(wallet, **changes)
    assert answer.status_code == 201, answer.json()
    return BankAccount.objects.get(public_id=answer.json()["id"])


def verified(wallet: Wallet, bank: Counter) -> BankAccount:
    account = added(wallet)
    answer = say_code(wallet, account, read_code(bank, account))
    assert answer.json()["status"] == "VERIFIED", answer.json()
    return BankAccount.objects.get(pk=account.pk)


def verified_without_bank(wallet: Wallet) -> BankAccount:
    """Return an account as it is once verified, where no bank runs."""
    now = timezone.now()
    return BankAccount.objects.create(
        holder=wallet.holder,
        bank_code="090",
        number="3333011234567",
        holder_name="김지갑",
        currency=wallet.currency,
        status=BankAccount.Status.VERIFIED,
        added_at=now,
        poll_at=now,
        code_sent_at=now,
        verified_at=now,
    )


def ask(wallet: Wallet, account: BankAccount, amount: str, key: str | None = None) -> Any:
    body = {"bank_account": str(account.public_id), "amount": won(amount)}
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/withdrawals", body, key)


def asked(wallet: Wallet, account: BankAccount, amount: str) -> Withdrawal:
    answer = ask(wallet, account, amount)
    assert answer.status_code == 201, answer.json()
    return Withdrawal.objects.get(public_id=answer.json()["id"])


def status(withdrawal: Withdrawal) -> str:
    return Withdrawal.objects.get(pk=withdrawal.pk).status
