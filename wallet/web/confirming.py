"""The page between a form and what it does: look again, show the PIN, and a second proof."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from ledger.errors import LedgerError
from wallet.errors import StepUpRequired, WalletError
from wallet.models import StepUp
from wallet.proof import factors, pins, step_ups
from wallet.proof.proofs import Means
from wallet.web.access import WalletPage, admit
from wallet.web.deeds import Deed, Doing, deed_of, mark_of
from wallet.web.drafts import Draft
from wallet.web.forms.proof import CodeForm, NoForm, PinForm
from wallet.web.words import explain, words_of

_DECLINES: Any = (WalletError, LedgerError)


def decline_with(*families: type[Exception]) -> None:
    """Let errors of these families be explained on the page as well."""
    global _DECLINES  # noqa: PLW0603 - set once, while the apps above are loaded.
    _DECLINES = (*_DECLINES, *families)


def confirm(draft: Draft) -> HttpResponse:
    """Lead to the page that asks for confirmation of a draft."""
    return redirect("wallet:confirm", draft.key)


class Confirm(WalletPage):
    template = "wallet/confirm.html"

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        draft = self.drafts.get(key)
        if draft.done:
            return redirect(draft.done)
        deed = deed_of(draft)
        return self._ask(deed, draft, _form(deed, draft))

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        draft = self.drafts.get(key)
        if draft.done:
            return redirect(draft.done)
        deed = deed_of(draft)
        form = _form(deed, draft, request.POST)
        if not form.is_valid():
            return self._ask(deed, draft, form, is_wrong=True)
        try:
            return self._do(deed, draft, form.cleaned_data.get("pin", ""))
        except StepUpRequired:
            return begin_step_up(self, self.drafts.get(key), by="")
        except _DECLINES as error:
            explain(form, error)
            return self._ask(deed, self.drafts.get(key), form, is_wrong=True)

    def _do(self, deed: Deed, draft: Draft, pin: str) -> HttpResponse:
        at = timezone.now()
        if pin:
            pins.check(user=self.person, pin=pin)
            draft = draft.with_pin(at)
            self.drafts.keep(draft)
        return do(self, deed, draft)

    def _ask(
        self, deed: Deed, draft: Draft, form: PinForm | NoForm, *, is_wrong: bool = False
    ) -> HttpResponse:
        question = deed.ask(self.wallet, draft.facts)
        context: dict[str, Any] = {"draft": draft, "question": question, "form": form}
        return self.correct(**context) if is_wrong else self.show(**context)


class SecondProof(WalletPage):
    """Asks for the code of a second proof, and does what was confirmed."""

    template = "wallet/second_proof.html"

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        draft = self.drafts.get(key)
        if draft.done:
            return redirect(draft.done)
        if not draft.step_up:
            return confirm(draft)
        return self._ask(draft, CodeForm())

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        draft = self.drafts.get(key)
        if draft.done:
            return redirect(draft.done)
        admit(request, "step_up")
        if "by" in request.POST:
            return begin_step_up(self, draft, by=request.POST["by"])
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self._ask(draft, form, is_wrong=True)
        try:
            if not draft.token:
                draft = self._prove(draft, form.cleaned_data["code"])
            return do(self, deed_of(draft), draft)
        except _DECLINES as error:
            explain(form, error)
            return self._ask(draft, form, is_wrong=True)

    def _prove(self, draft: Draft, code: str) -> Draft:
        public_id = uuid.UUID(draft.step_up)
        token = step_ups.prove(user=self.person, public_id=public_id, code=code, at=timezone.now())
        proved = replace(draft, token=token)
        self.drafts.keep(proved)
        # Kept at once: whatever becomes of the deed, the code is used up.
        self.request.session.save()
        return proved

    def _ask(self, draft: Draft, form: CodeForm, *, is_wrong: bool = False) -> HttpResponse:
        context: dict[str, Any] = {
            "draft": draft,
            "question": deed_of(draft).ask(self.wallet, draft.facts),
            "form": form,
            "methods": factors.factors_of(self.person).methods,
        }
        return self.correct(**context) if is_wrong else self.show(**context)


def begin_step_up(page: WalletPage, draft: Draft, *, by: str) -> HttpResponse:
    """Begin a second proof of a draft, and lead to the page that asks for its code.

    Without a word about the way, the authenticator goes before the text message.
    """
    methods = factors.factors_of(page.person).methods
    if by not in methods:
        by = StepUp.By.TOTP.value if StepUp.By.TOTP.value in methods else StepUp.By.SMS.value
    try:
        begun = step_ups.begin(
            user=page.person, fingerprint=mark_of(draft), by=by, at=timezone.now()
        )
    except WalletError as error:
        return page.show(status=429, template="wallet/error.html", says=words_of(error).text)
    page.drafts.keep(replace(draft, step_up=str(begun.public_id), step_up_by=by, token=""))
    return redirect("wallet:second_proof", draft.key)


def do(page: WalletPage, deed: Deed, draft: Draft) -> HttpResponse:
    """Do what a draft says, and remember where its result is seen."""
    doing = Doing(page.request, page.person, page.wallet, draft, timezone.now())
    answer = deed.do(doing)
    location = answer.headers.get("Location", "")
    if location:
        page.drafts.keep(replace(page.drafts.get(draft.key), done=location))
    return answer


def _form(deed: Deed, draft: Draft, given: Any = None) -> PinForm | NoForm:
    asks_for_pin = deed.proof is Means.PIN and not draft.has_pin(timezone.now())
    return PinForm(given) if asks_for_pin else NoForm(given)
