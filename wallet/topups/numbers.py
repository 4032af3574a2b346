"""The account number at the bank that stands for a wallet."""

from __future__ import annotations

from datetime import datetime

from wallet.errors import BankNotAnswering
from wallet.idempotency import use_case
from wallet.models import VirtualAccount, Wallet
from wallet.providers.channel import ProviderUnavailable
from wallet.providers.funding import issue_number


def virtual_account(*, wallet: Wallet, at: datetime) -> VirtualAccount:
    """Return the account number of a wallet, issued by the bank when it is first asked for.

    Raises:
        BankNotAnswering: there is none yet, and the bank does not answer.

    """
    found = VirtualAccount.objects.filter(wallet=wallet).first()
    if found is not None:
        return found
    try:
        number = issue_number(wallet)
    except ProviderUnavailable as exc:
        raise BankNotAnswering from exc
    return keep(wallet=wallet, number=number, at=at)


@use_case
def keep(*, wallet: Wallet, number: str, at: datetime) -> VirtualAccount:
    """Write down the number that the bank issued for a wallet; again changes nothing."""
    made, _ = VirtualAccount.objects.get_or_create(
        wallet=wallet, defaults={"number": number, "issued_at": at}
    )
    return made
