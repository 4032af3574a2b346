"""The bank's side of withdrawals: whose account it is, and money sent to it."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.models import BankAccount, Withdrawal
from wallet.providers import channel
from wallet.providers.channel import ProviderUnavailable


@dataclass(frozen=True, slots=True)
class Word:
    """What the bank says of a withdrawal: PENDING, CONFIRMED or RETURNED."""

    status: str
    reference: str = ""
    reason: str = ""


def inquire(account: BankAccount, *, text: str) -> str:
    """Deposit the smallest unit with ``text`` beside it; return the name on the account.

    The bank does it once for an account that was added once.

    Returns:
        The holder's name as the bank has it; empty when it knows no such account.

    Raises:
        ProviderUnavailable: no answer.

    """
    answer = channel.tell(
        "/account-checks",
        {
            "id": str(account.public_id),
            "bank_code": account.bank_code,
            "number": account.number,
            "holder_name": account.holder_name,
            "currency": account.currency,
            "text": text,
        },
    )
    name = answer.get("holder_name")
    if not isinstance(name, str):
        raise ProviderUnavailable("no name")
    return name


def send(withdrawal: Withdrawal) -> str:
    """Tell the bank to pay a withdrawal out, once for its id; return the bank's reference.

    Raises:
        ProviderUnavailable: no answer; it may or may not have been taken.

    """
    answer = channel.tell(
        "/withdrawals",
        {
            "id": str(withdrawal.public_id),
            "amount": withdrawal.amount.to_major(),
            "currency": withdrawal.currency,
            "bank_code": withdrawal.bank_account.bank_code,
            "number": withdrawal.bank_account.number,
            "holder_name": withdrawal.bank_account.holder_name,
            "callback_url": channel.callback_url(),
        },
    )
    return str(answer.get("reference", ""))


def status(withdrawal: Withdrawal) -> Word | None:
    """Return what became of a withdrawal; None when the bank was never told.

    Raises:
        ProviderUnavailable: no answer.

    """
    found = channel.ask(f"/withdrawals/{withdrawal.public_id}")
    if found is None:
        return None
    word = str(found.get("status"))
    if word not in {"PENDING", "CONFIRMED", "RETURNED"}:
        raise ProviderUnavailable(word)
    return Word(word, str(found.get("reference", "")), str(found.get("reason", "")))
