"""The code that a payer shows at a till: made by us, or by the phone itself without a network."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from merchants.codes.pictures.bars import draw_bars
from merchants.codes.pictures.images import draw_svg
from merchants.models import Payment
from wallet.codes import handles
from wallet.errors import WalletError
from wallet.models import Device, Wallet
from wallet.proof import devices, pins
from wallet.proof.proofs import Means
from wallet.proof.rules import require_step_up
from wallet.web.access import WalletPage, is_part
from wallet.web.confirming import begin_step_up
from wallet.web.deeds import Deed, Doing, Question, register
from wallet.web.forms.proof import PinForm
from wallet.web.words import explain

# Codes renew themselves for so long after the PIN: there is no hurry at the counter.
OPEN_FOR = timedelta(minutes=10)
_OPEN = "pay_code_until"
_SINCE = "pay_code_since"


class PayCode(WalletPage):
    template = "payer/pay.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = None if self._is_open(request) else PinForm()
        return self.show(form=form, phone=self.person.phone)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show a code: after the PIN, and then again and again for a while."""
        form, at = PinForm(request.POST), timezone.now()
        try:
            if not self._is_open(request):
                if not form.is_valid():
                    return self._ask(form)
                pins.check(user=self.person, pin=form.cleaned_data["pin"])
                request.session[_OPEN] = (at + OPEN_FOR).isoformat()
                request.session[_SINCE] = at.isoformat()
            shown = handles.show(wallet=self.wallet, at=at)
        except WalletError as error:
            form.is_valid()
            explain(form, error)
            return self._ask(form)
        template = "payer/pay_code.html" if is_part(request) else self.template
        return self.show(template=template, phone=self.person.phone, **pictures(shown.code))

    def _ask(self, form: PinForm) -> HttpResponse:
        if is_part(self.request):  # a script renews: the page asks for the PIN again
            return HttpResponse(headers={"HX-Redirect": "/pay"})
        return self.correct(form=form, phone=self.person.phone)

    def _is_open(self, request: HttpRequest) -> bool:
        until = request.session.get(_OPEN)
        return until is not None and timezone.now() < datetime.fromisoformat(until)


class Latest(WalletPage):
    """Leads to the payment that a till made of the code, once there is one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        since = request.session.get(_SINCE, "")
        first = datetime.fromisoformat(since) if since else timezone.now() - OPEN_FOR
        found = latest_of(self.wallet, first)
        if found is None or found.number == request.session.get("pay_code_seen"):
            return HttpResponse(status=204)
        request.session["pay_code_seen"] = found.number
        if is_part(request):
            return HttpResponse(headers={"HX-Redirect": f"/payments/{found.number}"})
        return redirect("payer:payment", found.number)


class PhoneForm(forms.Form):
    name = forms.CharField(max_length=40)
    public_key = forms.RegexField(r"^[A-Za-z0-9_-]{43}\Z")
    signature = forms.RegexField(r"^[A-Za-z0-9_-]{86}\Z")


class PhoneBinding(WalletPage):
    """Binds this phone, whose script made a key that never leaves it; behind a second proof."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PhoneForm(request.POST)
        if not form.is_valid():
            return redirect("payer:pay")
        return begin_step_up(self, self.drafts.begin("phone", **form.cleaned_data), by="")


class PhoneKey(WalletPage):
    """Gives a bound phone what it computes its codes from; the PIN was shown, or is shown now."""

    def post(self, request: HttpRequest) -> HttpResponse:
        found = get_object_or_404(
            Device, user=self.person, public_key=key_bytes(request.POST.get("public_key", ""))
        )
        try:
            pins.check(user=self.person, pin=request.POST.get("pin", ""))
            issued = handles.issue(device=found, wallet=self.wallet, at=timezone.now())
        except WalletError as error:
            return JsonResponse({"code": error.code}, status=403)
        body = {
            "prefix": issued.prefix,
            "handle": issued.handle,
            "key": base64.urlsafe_b64encode(issued.key).decode().rstrip("="),
            "step_seconds": issued.step_seconds,
            "expires_at": int(issued.expires_at.timestamp()),
            "server_time": int(timezone.now().timestamp()),
        }
        return JsonResponse(body, status=201)


def pictures(code: str) -> dict[str, Any]:
    """Return a code as people and scanners read it."""
    groups = " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    return {
        "code": code,
        "groups": groups,
        "qr": base64.b64encode(draw_svg(code)).decode(),
        "bars": base64.b64encode(draw_bars(code).encode()).decode(),
    }


def latest_of(wallet: Wallet, since: datetime) -> Payment | None:
    """Return the newest payment that a till made of the wallet's code."""
    rows = Payment.objects.filter(wallet=wallet, presented=Payment.Presented.CONSUMER)
    return rows.filter(created_at__gte=since).order_by("-pk").first()


def key_bytes(text: str) -> bytes:
    """Return the key that a script names in base64url; nobody's where it names none."""
    text = text[:64]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    return Question(
        title=_("Pay without a network"), button=_("Go on"), to=facts["name"], back="/pay"
    )


def _bind(doing: Doing) -> HttpResponse:
    require_step_up(proof=doing.prove(), user=doing.person)
    facts = doing.draft.facts
    devices.bind(
        user=doing.person,
        name=facts["name"],
        public_key=facts["public_key"],
        signature=facts["signature"],
        at=doing.at,
    )
    return redirect("/pay?bound=yes")


register("phone", Deed(_ask, _bind, proof=Means.SESSION))
