"""What people do in the admin: each deed calls one use-case, says why, and is written down.

The page of a deed shows what is decided about, with its digest, and asks for the reason. What was
asked is committed before it is done, what came of it afterwards, see ``Deed``; the page's own key
lets it be sent once. Whether somebody may, and whether it takes another person, is for the
use-case to say.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.errors import LedgerError
from merchants.admin.looking import Lead, LookAdmin
from merchants.errors import MerchantError
from merchants.models import Deed
from wallet.errors import WalletError
from wallet.models import User
from wallet.models.wallets import REASON_LENGTH
from wallet.web.words import words_of

Act = Callable[[Any, dict[str, Any], User, datetime], Any]
_REFUSED = (LedgerError, MerchantError, WalletError)
_LEAST = 3
DONE = "done"


class ReasonForm(forms.Form):
    """Why; kept for good. ``key`` lets the page be sent once, ``seen`` is what it showed."""

    reason = forms.CharField(
        label=__("Why"),
        min_length=_LEAST,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("It is kept for good."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, row: Any = None, **more: Any) -> None:
        """``row`` is what it is about; a form may offer what belongs to it."""
        super().__init__(*args, **more)
        self.row = row


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that may be done about a row, or (``of_list``) about none in particular.

    ``act`` takes the row, the form's fields, who asks and when, and calls one use-case;
    ``seen_of`` gives the digest of what is shown, where the use-case asks for it; ``when`` says
    whether it is offered. Of what the use-case returns, ``came_of`` gives the outcome that is
    written down, and ``leads_to`` the key of the row that is shown next.
    """

    name: str
    title: Any
    act: Act
    form: type[ReasonForm] = ReasonForm
    seen_of: Callable[[Any], str] | None = None
    when: Callable[[Any], bool] = lambda _row: True
    permission: str = ""
    of_list: bool = False
    came_of: Callable[[Any], str] = lambda _made: DONE
    leads_to: Callable[[Any], Any] | None = None


class DoingAdmin(LookAdmin):
    """A list whose rows something may be done about."""

    doings: tuple[Doing, ...] = ()
    change_list_template = "office/list.html"

    def get_urls(self) -> list[Any]:
        """Add the pages of the deeds."""
        view = self.admin_site.admin_view
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        own: list[URLPattern] = [
            path("do/<slug:name>/", view(self.do_view), name=f"{base}_do_list"),
            path("<path:object_id>/do/<slug:name>/", view(self.do_view), name=f"{base}_do"),
        ]
        return [*own, *super().get_urls()]

    def may(self, request: HttpRequest, doing: Doing) -> bool:
        """Tell whether somebody has the right to ask for a deed."""
        named = doing.permission or f"merchants.change_{self.opts.model_name}"
        return bool(request.user.has_perm(named))

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Add what may be done about the row."""
        offered = [
            {"title": doing.title, "address": self.address("do", row.pk, doing.name)}
            for doing in self.doings
            if not doing.of_list and doing.when(row) and self.may(request, doing)
        ]
        return super().shown(request, row) | {"deeds": offered}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Add what may be done about no row in particular."""
        offered = [
            {"title": doing.title, "address": self.address("do_list", doing.name)}
            for doing in self.doings
            if doing.of_list and self.may(request, doing)
        ]
        return super().changelist_view(request, {"deeds": offered} | (extra_context or {}))

    def do_view(self, request: HttpRequest, name: str, object_id: str = "") -> HttpResponse:
        """Show a deed and, once it was confirmed with a reason, do it."""
        doing = self._doing(request, name, of_list=not object_id)
        row = self.found(request, object_id) if object_id else None
        if request.method != "POST":
            form = doing.form(initial=_fresh(doing, row), row=row)
            return self._ask(request, doing, row, form)
        form = doing.form(request.POST, request.FILES, row=row)
        if not form.is_valid():
            return self._ask(request, doing, row, form)
        try:
            made = self._do(request, doing, row, form.cleaned_data)
        except _REFUSED as error:
            again = request.POST.copy()
            again.update(_fresh(doing, row))
            form = doing.form(again, request.FILES, row=row)
            form.add_error(None, words_of(error).text)
            return self._ask(request, doing, row, form)
        return redirect(self._next(doing, row, made))

    def _next(self, doing: Doing, row: Any, made: Any) -> str:
        if doing.leads_to is not None and made is not None:
            return self.address("change", doing.leads_to(made))
        return self.address("changelist") if row is None else self.address("change", row.pk)

    def _doing(self, request: HttpRequest, name: str, *, of_list: bool) -> Doing:
        found = [one for one in self.doings if one.name == name and one.of_list == of_list]
        if not found:
            raise Http404
        if not (self.has_view_permission(request) and self.may(request, found[0])):
            raise PermissionDenied
        return found[0]

    def _ask(self, request: HttpRequest, doing: Doing, row: Any, form: ReasonForm) -> HttpResponse:
        lead = Lead(doing.title) if row is None else self.lead(row)
        shown = {
            "title": doing.title,
            "lead": lead,
            "form": form,
            "digest": "" if doing.seen_of is None else form["seen"].value(),
            "cards": [] if row is None else self.cards(request, row),
            "back": self.address("changelist") if row is None else self.address("change", row.pk),
            "back_title": self.title if row is None else lead.title,
        }
        return self.show(request, "office/deed.html", **shown)

    def _do(self, request: HttpRequest, doing: Doing, row: Any, given: dict[str, Any]) -> Any:
        """Do it, and return what the use-case made; None: nothing, the page was sent before."""
        by, at = User.objects.get(pk=request.user.pk or 0), timezone.now()
        asked = self._asked(doing, row, given, by, at)
        if asked is None:
            messages.warning(request, _("This page was sent before; nothing was done again."))
            return None
        try:
            made = doing.act(row, given, by, at)
        except _REFUSED as error:
            _answer(asked, error.code)
            raise
        outcome = doing.came_of(made)
        _answer(asked, outcome)
        if outcome == DONE:
            messages.success(request, _("Done: %(what)s") % {"what": doing.title})
        return made

    def _asked(
        self, doing: Doing, row: Any, given: dict[str, Any], by: User, at: datetime
    ) -> Deed | None:
        facts = {
            name: str(value) for name, value in given.items() if name not in {"reason", "key"}
        }
        try:
            with transaction.atomic():
                return Deed.objects.create(
                    subject=self.opts.model_name,
                    subject_id="" if row is None else str(row.pk),
                    action=doing.name,
                    by=by,
                    reason=given["reason"],
                    facts=facts,
                    key=given["key"],
                    happened_at=at,
                )
        except IntegrityError:
            return None


def _fresh(doing: Doing, row: Any) -> dict[str, str]:
    seen = "" if doing.seen_of is None else doing.seen_of(row)
    return {"key": str(uuid.uuid4()), "seen": seen}


def _answer(asked: Deed, outcome: str) -> None:
    Deed.objects.create(
        subject=asked.subject,
        subject_id=asked.subject_id,
        action=asked.action,
        by=asked.by,
        reason=asked.reason,
        answers=asked,
        outcome=outcome,
        happened_at=timezone.now(),
    )
