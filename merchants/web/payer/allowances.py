"""Money set aside on this phone, to pay where neither the phone nor the till has a network."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views import View

from ledger.money import Money
from merchants.models import Allowance
from merchants.offline import allowances
from merchants.offline.issuing import public_keys
from merchants.offline.wire.certificates import ALLOWANCE_PREFIX
from merchants.offline.wire.records import seal
from merchants.web.payer.codes import key_bytes
from merchants.web.payer.words import OFFLINE_WORDS
from wallet.errors import WalletError
from wallet.models import Device, Wallet
from wallet.proof import pins
from wallet.templatetags.screens import money
from wallet.web.access import WalletPage
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.entry.signing import HOME_CURRENCY
from wallet.web.forms.fields import AmountField


class AllowanceForm(forms.Form):
    public_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(self, currency: str, given: Any = None) -> None:
        super().__init__(given)
        self.fields["amount"] = AmountField(currency, label=__("How much to set aside"))


class Allowances(WalletPage):
    template = "payer/allowances.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self._page(AllowanceForm(self.wallet.currency))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AllowanceForm(self.wallet.currency, request.POST)
        if not form.is_valid():
            return self._page(form, is_wrong=True)
        key = key_bytes(form.cleaned_data["public_key"])
        own = Device.objects.filter(user=self.person, public_key=key, revoked_at=None).first()
        if own is None:
            form.add_error("amount", _("Set this phone up first, where your pay code is."))
            return self._page(form, is_wrong=True)
        amount = form.cleaned_data["amount"]
        facts = {"amount": amount.to_major(), "currency": amount.currency}
        return confirm(self.drafts.begin("allowance", device=str(own.public_id), **facts))

    def _page(self, form: AllowanceForm, *, is_wrong: bool = False) -> HttpResponse:
        rows = Allowance.objects.filter(wallet=self.wallet).exclude(state=Allowance.State.RELEASED)
        found = [
            {"row": row, "left": Money(row.loaded_minor - row.claimed_minor, row.currency)}
            for row in rows.order_by("-pk")[:5]
        ]
        context: dict[str, Any] = {"form": form, "allowances": found}
        return self.correct(**context) if is_wrong else self.show(**context)


class AllowanceEnd(WalletPage):
    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = get_object_or_404(Allowance, wallet=self.wallet, public_id=key)
        allowances.end(allowance=found, at=timezone.now())
        return redirect("payer:allowances")


class AllowanceCertificate(WalletPage):
    """Gives the phone what it spends under, after the PIN, which it then asks for by itself."""

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        found = get_object_or_404(
            Allowance, wallet=self.wallet, public_id=key, state=Allowance.State.ACTIVE
        )
        try:
            pins.check(user=self.person, pin=request.POST.get("pin", ""))
        except WalletError as error:
            return JsonResponse({"code": error.code}, status=403)
        parts = (bytes(found.body), bytes(found.signature))
        keys = {each.hex(): public.hex() for each, public in public_keys().items()}
        body = {"certificate": seal(ALLOWANCE_PREFIX, parts), "issuers": keys}
        return JsonResponse(body, status=201)


class Without(View):
    """The page that is kept on the phone: nobody's, what it shows comes from the phone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        pattern = money(Money(1, HOME_CURRENCY)).replace("1", "{}")
        context = {"pattern": pattern, "words": OFFLINE_WORDS}
        return render(request, "payer/without.html", context)


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    amount = Money.from_major(facts["amount"], facts["currency"])
    return Question(
        title=_("Set money aside on this phone"),
        button=_("Set %(sum)s aside") % {"sum": money(amount)},
        amount=amount,
        note=_("Whoever has this phone and your PIN can spend it. What is not spent comes back."),
        back="/pay/allowance",
    )


def _do(doing: Doing) -> HttpResponse:
    facts = doing.draft.facts
    device = get_object_or_404(Device, user=doing.person, public_id=facts["device"])
    reply = allowances.issue.once(
        doing.once(lambda made: str(made.public_id)),
        wallet=doing.wallet,
        device=device,
        amount=Money.from_major(facts["amount"], facts["currency"]),
        proof=doing.prove(),
        at=doing.at,
    )
    return redirect(f"/pay/allowance?id={name_of(reply)}")


register("allowance", Deed(_ask, _do))
