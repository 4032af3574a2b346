"""Who one is: the list of settings, name and handle, PIN, password."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from wallet.errors import WalletError
from wallet.models import Pin, Profile, User, Wallet
from wallet.proof import factors, pins, sessions, web_sessions
from wallet.proof.proofs import Means
from wallet.proof.rules import require_step_up
from wallet.transfers import profiles
from wallet.web.access import SignedInPage, WalletPage, admit, wallet_of
from wallet.web.confirming import begin_step_up
from wallet.web.deeds import Deed, Doing, Question, register
from wallet.web.forms.proof import NewPasswordForm, NewPinForm
from wallet.web.forms.settings import ProfileForm
from wallet.web.words import explain


class Settings(SignedInPage):
    template = "wallet/settings/settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(
            profile=Profile.objects.filter(user=self.person).first(),
            person=self.person,
            wallet=wallet_of(self.person),
            has_pin=Pin.objects.filter(user=self.person).exists(),
            factors=factors.factors_of(self.person),
        )


class ProfilePage(SignedInPage):
    template = "wallet/settings/profile.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        kept = Profile.objects.filter(user=self.person).first() or Profile()
        first = {"display_name": kept.display_name, "handle": kept.handle or ""}
        return self.show(form=ProfileForm(initial=first))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        given = {name: value or None for name, value in form.cleaned_data.items()}
        try:
            profiles.set_profile(user=self.person, **given)
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        messages.success(request, _("Saved."))
        return redirect("wallet:profile")


class PinPage(WalletPage):
    """Sets the first PIN; another one is chosen after a second proof."""

    template = "wallet/settings/pin.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        if self._has_one():
            return self.show(template="wallet/settings/pin_change.html")
        return self.show(form=NewPinForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if self._has_one():
            return begin_step_up(self, self.drafts.begin("new_pin"), by="")
        form = NewPinForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        try:
            admit(request, "sign_in")
            pins.set_pin(user=self.person, **form.cleaned_data, at=timezone.now())
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        messages.success(request, _("Your PIN is set."))
        return redirect("wallet:home")

    def _has_one(self) -> bool:
        return Pin.objects.filter(user=self.person).exists()


class NewPin(WalletPage):
    """Chooses another PIN, behind a second proof of this very draft."""

    template = "wallet/settings/pin.html"

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        self.drafts.get(key)
        return self.show(form=NewPinForm())

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        draft, form = self.drafts.get(key), NewPinForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        doing = Doing(request, self.person, self.wallet, draft, timezone.now())
        try:
            admit(request, "sign_in")
            require_step_up(proof=doing.prove(), user=self.person)
            pins.change_pin(user=self.person, **form.cleaned_data, at=doing.at)
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        messages.success(request, _("Your PIN is changed."))
        return redirect("wallet:settings")


class Password(SignedInPage):
    template = "wallet/settings/password.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=NewPasswordForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewPasswordForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        try:
            admit(request, "sign_in")
            sessions.change_password(
                user=self.person, **form.cleaned_data, current=None, at=timezone.now()
            )
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        key = str(request.session.session_key)
        web_sessions.end_others(user=self.person, session_key=key)
        update_session_auth_hash(request, User.objects.get(pk=self.person.pk))
        web_sessions.keep(user=self.person, old_key=key, new_key=str(request.session.session_key))
        messages.success(request, _("Your password is changed; all other sessions ended."))
        return redirect("wallet:settings")


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    return Question(title=_("Choose a new PIN"), button=_("Go on"), back="/settings")


def _do(doing: Doing) -> HttpResponse:
    # The proof is used up where the PIN is changed; here it opens the page that asks for one.
    if not doing.draft.token:
        require_step_up(proof=doing.prove(), user=doing.person)
    return redirect("wallet:new_pin", doing.draft.key)


register("new_pin", Deed(_ask, _do, proof=Means.SESSION))
