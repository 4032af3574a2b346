"""Money sent by a link: seen by its sender, taken by whoever has the number."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wallet.errors import WalletError
from wallet.models import Claim, User
from wallet.templatetags.screens import money
from wallet.transfers import claims
from wallet.transfers.names import mask_phone
from wallet.web.access import Page, WalletPage, admit
from wallet.web.words import words_of

_SHOWN = 50


class Claims(WalletPage):
    """What the person sent by link, and what waits for them."""

    template = "wallet/money/claims.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        sent = Claim.objects.filter(sender=self.wallet).order_by("-pk")[:_SHOWN]
        waiting = Claim.objects.filter(
            phone=self.person.phone, currency=self.wallet.currency, status=Claim.Status.OPEN
        )
        return self.show(sent=[(one, mask_phone(one.phone)) for one in sent], waiting=waiting)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take everything that waits."""
        try:
            taken = claims.collect(wallet=self.wallet, at=timezone.now())
        except WalletError as error:
            messages.error(request, words_of(error).text)
        else:
            if taken:
                messages.success(request, _("The money is in your wallet."))
        return redirect("wallet:claims")


class ClaimDetail(WalletPage):
    template = "wallet/money/claim.html"

    def get(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        claim = get_object_or_404(Claim, public_id=claim_id, sender__holder=self.person)
        token = claims.link_token(claim.public_id)
        link = request.build_absolute_uri(reverse("wallet:claim_link", args=[token]))
        return self.show(claim=claim, to=mask_phone(claim.phone), link=link)

    def post(self, request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
        """Take it back, before anybody claimed it."""
        claim = get_object_or_404(Claim, public_id=claim_id, sender__holder=self.person)
        try:
            claims.cancel(claim=claim, at=timezone.now())
        except WalletError as error:
            messages.error(request, words_of(error).text)
        else:
            messages.success(request, _("You took %(sum)s back.") % {"sum": money(claim.amount)})
        return redirect("wallet:claim", claim.public_id)


class ClaimLink(Page):
    """Where a link leads: whoever has no wallet opens one first, and finds the money there."""

    template = "wallet/money/claim_link.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.show()
        return ClaimTake.as_view()(request, token=token)  # type: ignore[return-value]  # answers at once


class ClaimTake(WalletPage):
    template = "wallet/money/claim_take.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG002
        return self.show(token=token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            admit(request, "payees")
            claim = claims.take(wallet=self.wallet, token=token, at=timezone.now())
        except WalletError as error:
            return render(
                request, self.template, {"token": token, "says": words_of(error).text}, status=422
            )
        messages.success(request, _("%(sum)s is in your wallet.") % {"sum": money(claim.amount)})
        return redirect("wallet:home")
