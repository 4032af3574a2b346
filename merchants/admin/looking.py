"""Pages to look at: a list in pages that are not counted, and one page for each row of it.

The page of a row is made of cards, not of Django's form: nothing on it can be sent back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as __

from ledger.admin import ReadOnlyAdmin

Facts = Sequence[tuple[object, object]]
_LOOKS = ("GET", "HEAD")
_LEFT_OUT = ("_add", "_delete", "_history")


@dataclass(frozen=True, slots=True)
class Card:
    """A part of a page: facts, or a table, or what a template makes of ``data``."""

    title: object
    facts: Facts = ()
    heads: Sequence[object] = ()
    rows: Sequence[Sequence[object]] = ()
    note: object = ""
    template: str = ""
    data: Any = None


@dataclass(frozen=True, slots=True)
class Lead:
    """What a page says first, in large letters: what it is, how much, and how it stands."""

    title: object
    amount: str = ""
    chip: object = ""
    says: Sequence[object] = field(default=())


class LookAdmin(ReadOnlyAdmin):
    """A list, and a page for each of its rows; ``title`` is what the list is called."""

    title: Any = ""
    page = "office/page.html"
    ordering: tuple[str, ...] = ("-pk",)
    # Not pickled into the admin's own log: what is done here stands on the audit trail.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that may be looked at."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows

    def lead(self, row: Any) -> Lead:
        """Return what the page of a row says first."""
        return Lead(str(row))

    def cards(self, request: HttpRequest, row: Any) -> list[Card]:
        """Return the parts of the page of a row."""
        return []

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under its own name."""
        named = {"title": self.title or self.opts.verbose_name_plural}
        shown: HttpResponse = super().changelist_view(request, named | (extra_context or {}))
        return shown

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show the page of a row; what is not in the list is not there."""
        if request.method not in _LOOKS:
            return HttpResponseNotAllowed(_LOOKS)
        row = self.found(request, object_id)
        return self.show(request, self.page, **self.shown(request, row))

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return all that the page of a row shows."""
        lead = self.lead(row)
        return {
            "title": lead.title,
            "lead": lead,
            "cards": self.cards(request, row),
            "back": self.address("changelist"),
            "back_title": self.title or self.opts.verbose_name_plural,
        }

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """Return a row by its key.

        Raises:
            Http404: there is none, or not for this person.
            PermissionDenied: the person may not look at any.

        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """Return a page within the frame of the site."""
        request.current_app = self.admin_site.name
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**frame, "opts": self.opts, **context})

    def get_urls(self) -> list[Any]:
        """Return the addresses of the list and of a row's page; there are no others.

        What happened to a row is told by the audit trail, not by Django's own log.
        """
        return [url for url in super().get_urls() if not str(url.name).endswith(_LEFT_OUT)]

    def address(self, what: str, *args: object) -> str:
        """Return the address of one of this site's pages of the model."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{what}"
        return reverse(name, args=args)


def named(name: str, title: Any) -> Any:
    """Return a column that shows a field, or what a path of fields leads to, under a title."""

    @admin.display(description=title)
    def show(_self: Any, row: Any) -> object:
        found = row
        for step in name.split("."):
            found = getattr(found, step) if found is not None else None
        return "\N{EN DASH}" if found in (None, "") else found

    return show


MERCHANT = __("Merchant")
DAY = __("Business day")
CURRENCY = __("Currency")
