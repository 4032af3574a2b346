"""The book in the admin: to look at, never to write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from ledger.models import Account, Entry, Seal, Transaction
from ledger.stale import alias_for_lists

MOST_PAGES = 100
_DIGITS = 3


class SeenPaginator(Paginator):
    """Reads one page and one row more, which tells whether there is a next; nothing is counted.

    Counting millions of rows takes longer than showing fifty, and so does skipping them: who wants
    to go further back than ``MOST_PAGES`` narrows the list down.
    """

    template_name = "config/pages.html"

    def __init__(self, rows: QuerySet[Any], per_page: int, number: int) -> None:
        super().__init__(rows, per_page)
        self.number = number
        self.first = (number - 1) * per_page

    @cached_property
    def seen(self) -> list[Any]:
        """The rows of the page, and the first of the next."""
        return list(self.object_list[self.first : self.first + self.per_page + 1])

    @cached_property
    def count(self) -> int:
        """How many rows there are at least."""
        return self.first + len(self.seen)

    @property
    def has_next(self) -> bool:
        """Whether there is a page after this one that is shown."""
        return len(self.seen) > self.per_page and self.number < MOST_PAGES

    def page(self, number: int | str) -> Page:
        """Return the page that was read.

        Raises:
            EmptyPage: it has no rows.

        """
        if not self.seen and self.number > 1:
            raise EmptyPage
        return Page(self.seen[: self.per_page], int(number), self)


class QuietList(ChangeList):  # type: ignore[misc]  # Unfold is not typed.
    """A list in its own order: sorting millions of rows by what is clicked on takes minutes."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page that is asked for, and nothing besides.

        Raises:
            IncorrectLookupParameters: it has no rows.

        """
        seen = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        try:
            self.result_list = seen.page(self.page_num).object_list
        except EmptyPage as error:
            raise IncorrectLookupParameters from error
        self.paginator, self.result_count, self.full_result_count = seen, seen.count, None
        self.show_full_result_count = self.can_show_all = False
        self.show_admin_actions = True
        self.multi_page = seen.count > self.list_per_page

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        """Return the order of the list, whatever the address asks for."""
        return list(self.model_admin.get_ordering(request)) or ["-pk"]


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # Unfold is not typed.
    """Staff may look at the book; only ``ledger.posting`` may write in it."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    list_per_page = 50

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], per_page: int, *_: Any, **__: Any
    ) -> SeenPaginator:
        """Return the page that is asked for.

        Raises:
            IncorrectLookupParameters: it is none, or too far back.

        """
        asked = request.GET.get("p", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else 0
        if not 0 < number <= MOST_PAGES:
            raise IncorrectLookupParameters
        return SeenPaginator(queryset, per_page, number)

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[QuietList]:
        return QuietList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the list from the replica, where there is one: nobody decides by it."""
        rows: QuerySet[Any] = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        return rows.using(alias_for_lists()) if is_list else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryInline(TabularInline):  # type: ignore[misc]  # Unfold is not typed.
    model = Entry
    extra = 0
    fields = ("account", "amount_minor", "currency", "balance_after_minor")
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("account").order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = (
        "code",
        "currency",
        "category",
        "status",
        "balance_minor",
        "stripes",
        "opened_at",
    )
    list_filter = ("category", "status")
    search_fields = ("code__startswith",)
    ordering = ("-pk",)


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "reference", "effective_at", "recorded_at", "description")
    search_fields = ("reference__exact",)
    ordering = ("-pk",)
    inlines = (EntryInline,)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "amount_minor", "currency", "effective_at", "transaction")
    list_select_related = ("account", "transaction")
    ordering = ("-pk",)


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("id", "after_id", "through_id", "transaction_count", "sealed_at")
    exclude = ("leaves", "merkle_root", "chain_hash")
    ordering = ("-pk",)
