"""The first page: what is there, what happened last, and what one does most."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from ledger.balances import balances
from ledger.money import Money
from wallet.activity import listing
from wallet.models import Claim, MoneyRequest, Pin, Wallet
from wallet.notices import inbox
from wallet.wallets.opening import open_wallet
from wallet.web.access import Page, SignedInPage, WalletPage, wallet_of
from wallet.web.entry.signing import HOME_CURRENCY
from wallet.web.reading.lines import shown

_SHOWN = 5


class Home(WalletPage):
    template = "wallet/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        wallet = self.wallet
        lines, _ = listing.newest(
            wallet=wallet, account_id=wallet.available_account_id, limit=_SHOWN, after=None
        )
        asked = MoneyRequest.objects.filter(payer=wallet, status=MoneyRequest.Status.OPEN)
        waiting = Claim.objects.filter(
            phone=self.person.phone, currency=wallet.currency, status=Claim.Status.OPEN
        )
        return self.show(
            wallet=wallet,
            **held_by(wallet),
            lines=[shown(line) for line in lines],
            unread=inbox.unread(person=self.person),
            asked=asked.count(),
            waiting=waiting.count(),
            has_pin=Pin.objects.filter(user=self.person).exists(),
        )


class Front(Page):
    """What a visitor sees who is not signed in."""

    template = "wallet/entry/front.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return Home.as_view()(request)  # type: ignore[return-value]  # a page answers at once
        return self.show()


class Open(SignedInPage):
    """Opens a wallet for somebody who has none: staff, or after the last one was closed."""

    template = "wallet/entry/open.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return redirect("wallet:home") if wallet_of(self.person) else self.show()

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        if wallet_of(self.person) is None:
            open_wallet(holder=self.person, currency=HOME_CURRENCY, at=timezone.now())
        return redirect("wallet:home")


def held_by(wallet: Wallet) -> dict[str, Any]:
    """Return what a wallet holds: free to spend, and set aside."""
    found = balances(wallet.account_ids)
    none = Money(0, wallet.currency)
    return {
        "available": found[wallet.available_account_id],
        "held": found.get(wallet.held_account_id or 0, none),
    }
