"""Second factors and what is signed in: authenticator, backup codes, devices, sessions."""

from __future__ import annotations

import uuid
from base64 import b64encode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from wallet.errors import WalletError
from wallet.models import Device, Wallet
from wallet.proof import devices, factors, sessions, web_sessions
from wallet.proof.proofs import Means
from wallet.proof.rules import require_step_up
from wallet.proof.symbols import otpauth_svg
from wallet.web.access import SignedInPage, WalletPage, admit
from wallet.web.confirming import begin_step_up
from wallet.web.deeds import Deed, Doing, Question, register
from wallet.web.forms.proof import CodeForm
from wallet.web.words import explain

_DEEDS = frozenset({"authenticator", "authenticator_removal", "backup_codes"})


class Factors(WalletPage):
    template = "wallet/settings/factors.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(factors=factors.factors_of(self.person), person=self.person)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin what the button says."""
        deed = request.POST.get("deed", "")
        if deed not in _DEEDS:
            return redirect("wallet:factors")
        return begin_step_up(self, self.drafts.begin(deed), by="")


class AuthenticatorCode(SignedInPage):
    """Takes an authenticator into use, by the first code that it shows."""

    template = "wallet/settings/authenticator.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        try:
            admit(request, "step_up")
            factors.confirm_totp(user=self.person, code=form.cleaned_data["code"])
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        messages.success(request, _("Your authenticator is in use."))
        return redirect("wallet:factors")


class Devices(SignedInPage):
    template = "wallet/settings/devices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        bound = Device.objects.filter(user=self.person, revoked_at=None).order_by("pk")
        at, here = timezone.now(), request.session.session_key
        browsers = web_sessions.web_sessions_of(self.person, at=at)
        return self.show(
            devices=bound,
            sessions=sessions.sessions_of(self.person, at=at),
            browsers=browsers.exclude(session_key=here),
            agent=request.headers.get("User-Agent", ""),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """End every session of an app or a browser; this one stays signed in."""
        sessions.end_others(user=self.person, current=None)
        here = str(request.session.session_key)
        web_sessions.end_others(user=self.person, session_key=here)
        messages.success(request, _("All others are signed out."))
        return redirect("wallet:devices")


class DeviceRevoke(SignedInPage):
    def post(self, request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
        found = get_object_or_404(Device, user=self.person, public_id=device_id)
        devices.revoke(device=found, at=timezone.now())
        messages.success(request, _("The device cannot confirm anything any more."))
        return redirect("wallet:devices")


class SessionEnd(SignedInPage):
    def post(self, request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
        sessions.end(user=self.person, public_id=session_id)
        messages.success(request, _("That app is signed out."))
        return redirect("wallet:devices")


class BrowserEnd(SignedInPage):
    def post(self, request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
        web_sessions.end(user=self.person, public_id=session_id)
        messages.success(request, _("That browser is signed out."))
        return redirect("wallet:devices")


def _ask_authenticator(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001
    return Question(
        title=_("Set an authenticator up"),
        button=_("Go on"),
        note=_("An app then shows the codes; no text message is needed."),
        back="/settings/factors",
    )  # fmt: skip


def _ask_removal(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001
    return Question(
        title=_("Remove the authenticator"), button=_("Remove it"), back="/settings/factors"
    )


def _ask_codes(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001
    return Question(
        title=_("New backup codes"),
        button=_("Go on"),
        note=_("Ten codes for paper, each good once. The ones before are worth nothing then."),
        back="/settings/factors",
    )


def _enrol(doing: Doing) -> HttpResponse:
    require_step_up(proof=doing.prove(), user=doing.person)
    uri = factors.enrol_totp(user=doing.person)
    context = {
        "form": CodeForm(),
        "svg": b64encode(otpauth_svg(uri).encode()).decode(),
        "secret": _secret(uri),
    }
    return render(doing.request, "wallet/settings/authenticator.html", context)


def _remove(doing: Doing) -> HttpResponse:
    require_step_up(proof=doing.prove(), user=doing.person)
    factors.remove_totp(user=doing.person)
    return redirect("wallet:factors")


def _make_codes(doing: Doing) -> HttpResponse:
    require_step_up(proof=doing.prove(), user=doing.person)
    codes = factors.make_backup_codes(user=doing.person, at=doing.at)
    shown = ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]
    return render(doing.request, "wallet/settings/backup_codes.html", {"codes": shown})


def _secret(uri: str) -> str:
    """Return the secret of an ``otpauth://`` address, for who cannot scan."""
    return uri.partition("secret=")[2].partition("&")[0]


register("authenticator", Deed(_ask_authenticator, _enrol, proof=Means.SESSION))
register("authenticator_removal", Deed(_ask_removal, _remove, proof=Means.SESSION))
register("backup_codes", Deed(_ask_codes, _make_codes, proof=Means.SESSION))
