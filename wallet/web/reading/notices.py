"""What the person was told, and what is left of the limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from wallet.limits.spending import Left, what_is_left
from wallet.notices import inbox
from wallet.notices.preferences import prefer, preferences_of
from wallet.notices.texts import text_of
from wallet.templatetags.screens import language
from wallet.web.access import SignedInPage, WalletPage
from wallet.web.reading import places

_LIMIT = 30
_PERIODS = {
    "EACH": __("Each time"),
    "DAY": __("In 24 hours"),
    "MONTH": __("In 30 days"),
    "BALANCE": __("In the wallet at once"),
}
_KINDS = {
    "TRANSFER": __("transfers"),
    "PAYMENT": __("payments"),
    "WITHDRAWAL": __("withdrawals"),
    "STATIC": __("by a printed code"),
    "DYNAMIC": __("by a till's code"),
    "CONSUMER": __("by your pay code"),
    "SESSION": __("without a PIN"),
    "CODE": __("without a PIN"),
    "DEVICE": __("by a bound device"),
    "PIN": __("by PIN"),
    "STEP_UP": __("by a second proof"),
}


class PreferencesForm(forms.Form):
    sms = forms.BooleanField(label=__("Text messages"), required=False)
    push = forms.BooleanField(label=__("Notifications of this app"), required=False)


class Notices(SignedInPage):
    template = "wallet/reading/notices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        before = places.read_number(request.GET.get("after", ""))
        found, last = inbox.page(person=self.person, limit=_LIMIT, before=before)
        told = [(one, text_of(one.event.kind, one.event.facts, language())) for one in found]
        return self.show(
            notices=told,
            following=places.write_number(last),
            newest=found[0].public_id if found else "",
            fresh=any(one.read_at is None for one in found),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark everything as read, up to the newest that was on the page."""
        form = _Through(request.POST)
        if form.is_valid():
            through = form.cleaned_data["through"]
            inbox.read_all(person=self.person, through=through, at=timezone.now())
        return redirect("wallet:notices")


class _Through(forms.Form):
    through = forms.UUIDField()


class Preferences(SignedInPage):
    template = "wallet/reading/preferences.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        kept = preferences_of(self.person.pk)
        return self.show(form=PreferencesForm(initial={"sms": kept.sms, "push": kept.push}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PreferencesForm(request.POST)
        form.is_valid()  # two boxes are always read
        kept = preferences_of(self.person.pk)
        prefer(person=self.person, language=kept.language, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("wallet:preferences")


@dataclass(frozen=True, slots=True)
class ShownLimit:
    """A limit in words, with how much of it is used, in hundredths."""

    period: str
    of: str
    limit: Left
    percent: int


class Limits(WalletPage):
    template = "wallet/reading/limits.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        found = what_is_left(wallet=self.wallet, at=timezone.now())
        return self.show(limits=[_shown(limit) for limit in found])


def _shown(limit: Left) -> ShownLimit:
    kinds: Any = (limit.purpose, limit.code_kind, limit.means)
    of = ", ".join(str(_KINDS[kind]) for kind in kinds if kind in _KINDS)
    period = str(_PERIODS[limit.period])
    percent = 0
    if limit.amount is not None and limit.amount.minor:
        percent = min(100, limit.used.minor * 100 // limit.amount.minor)
    return ShownLimit(period, of, limit, percent)
