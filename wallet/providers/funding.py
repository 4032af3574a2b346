"""Funding providers: who collects the money of a top-up.

A card is collected from by the provider, which decides at once or later. A bank transfer is paid
by the holder, into an account number that the bank keeps for the wallet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.conf import settings

from wallet.models import Provider, TopUp, Wallet
from wallet.models.top_ups import APPROVAL_URL_LENGTH
from wallet.providers import channel
from wallet.providers.channel import ProviderUnavailable


@dataclass(frozen=True, slots=True)
class Word:
    """What a provider says of a top-up; ``status`` is one of ``TopUp.Status``."""

    status: str
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the holder does next, if anything: pay into an account number, or approve at a page."""

    number: str = ""
    approval_url: str = ""


class FundingProvider(Protocol):
    """Whoever collects money for a top-up."""

    # How long nothing is heard before the provider is asked.
    patience: timedelta

    def request(self, *, top_up: TopUp) -> Asked:
        """Ask for the money; asking again for the same top-up changes nothing.

        Raises:
            ProviderUnavailable: no answer; it may or may not have been taken.

        """

    def status(self, *, top_up: TopUp) -> Word | None:
        """Return what became of a request; None when it is not known there.

        Raises:
            ProviderUnavailable: no answer.

        """


class Card:
    """The bank collects from the card that the holder has registered with it."""

    patience = timedelta(seconds=30)

    def request(self, *, top_up: TopUp) -> Asked:
        asked = {
            "id": str(top_up.public_id),
            "amount": top_up.amount.to_major(),
            "currency": top_up.currency,
            "callback_url": channel.callback_url(),
        }
        if top_up.with_approval:
            asked["return_url"] = f"{settings.PUBLIC_URL}/top-ups/{top_up.public_id}"
        url = str(channel.tell("/top-ups", asked).get("approval_url", ""))
        # Somebody will follow it: nothing but an address of a page is taken for one.
        is_page = url.startswith(("https://", "http://")) and len(url) <= APPROVAL_URL_LENGTH
        return Asked(approval_url=url if is_page else "")

    def status(self, *, top_up: TopUp) -> Word | None:
        found = channel.ask(f"/top-ups/{top_up.public_id}")
        if found is None:
            return None
        status, reference = str(found.get("status")), str(found.get("reference", ""))
        if status not in TopUp.Status.values:
            raise ProviderUnavailable(status)
        return Word(status, reference, str(found.get("reason", "")))


class BankTransfer:
    """The holder pays into an account number; what arrives there is told as a credit."""

    # Nobody pays after a week: by then the holder has forgotten, and may pay unasked.
    patience = timedelta(days=7)

    def request(self, *, top_up: TopUp) -> Asked:
        return Asked(number=issue_number(top_up.wallet))

    def status(self, *, top_up: TopUp) -> Word | None:  # noqa: ARG002 - the protocol's.
        """Return the failure to pay in time; what was paid in time is settled by its credit."""
        return Word(TopUp.Status.FAILED, reason="NOT_PAID")


def issue_number(wallet: Wallet) -> str:
    """Return the account number that the bank keeps for a wallet, the same one each time.

    Raises:
        ProviderUnavailable: no answer.

    """
    answer = channel.tell(
        "/virtual-accounts",
        {
            "id": str(wallet.public_id),
            "currency": wallet.currency,
            "callback_url": channel.callback_url(),
        },
    )
    number = answer.get("number")
    if not isinstance(number, str) or not number:
        raise ProviderUnavailable("no number")
    return number


PROVIDERS: dict[str, FundingProvider] = {
    Provider.CARD: Card(),
    Provider.BANK_TRANSFER: BankTransfer(),
}
