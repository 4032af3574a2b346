"""The book in the admin: to look at, never to write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

from ledger.models import Account, Entry, Seal, Transaction


class UncountedPaginator(Paginator):
    """A paginator that does not count: on millions of rows that takes longer than showing."""

    @cached_property
    def count(self) -> int:
        """Return a number no list reaches."""
        return 10_000_000


class ReadOnlyAdmin(admin.ModelAdmin):
    """Staff may look at the book; only ``ledger.posting`` may write in it."""

    paginator = UncountedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryInline(admin.TabularInline):
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
    list_filter = ("currency", "category", "status")
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
