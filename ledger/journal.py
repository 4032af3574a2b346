"""The general journal: all transactions, searched page by page or streamed whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from ledger.models import Entry, Transaction

MAX_PAGE = 200
_STREAM_ROWS = 2000


def transactions(  # noqa: PLR0913 - one argument per filter.
    *,
    account_id: int | None = None,
    kind: str | None = None,
    reference: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    metadata: Mapping[str, object] | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Transaction]:
    """Return a page of transactions, newest id first, with their entries and accounts.

    Args:
        account_id: only those with an entry on this account.
        kind: only of this kind.
        reference: only this reference.
        start: effective at or after it.
        end: effective before it.
        metadata: only those whose metadata contain these members.
        before_id: the last id of the page before.
        limit: at most MAX_PAGE.

    """
    found = _between(start, end)
    if account_id is not None:
        found = found.filter(
            pk__in=Entry.objects.filter(account_id=account_id).values("transaction_id")
        )
    if kind is not None:
        found = found.filter(kind=kind)
    if reference is not None:
        found = found.filter(reference=reference)
    if metadata:
        # The index covers only transactions that have metadata at all.
        found = found.exclude(metadata={}).filter(metadata__contains=dict(metadata))
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(_with_entries(found.order_by("-pk"))[: max(1, min(limit, MAX_PAGE))])


def stream(*, start: datetime | None = None, end: datetime | None = None) -> Iterator[Transaction]:
    """Yield transactions with their entries by id, in constant memory.

    Args:
        start: effective at or after it.
        end: effective before it.

    """
    found = _with_entries(_between(start, end).order_by("pk"))
    return found.iterator(chunk_size=_STREAM_ROWS)


def in_block(after_id: int, through_id: int) -> Iterator[Transaction]:
    """Yield the transactions with after_id < id <= through_id, by id, with their entries."""
    found = Transaction.objects.filter(pk__gt=after_id, pk__lte=through_id).order_by("pk")
    return _with_entries(found).iterator(chunk_size=_STREAM_ROWS)


def _between(start: datetime | None, end: datetime | None) -> QuerySet[Transaction]:
    found = Transaction.objects.all()
    if start is not None:
        found = found.filter(effective_at__gte=start)
    if end is not None:
        found = found.filter(effective_at__lt=end)
    return found


def _with_entries(found: QuerySet[Transaction]) -> QuerySet[Transaction]:
    entries = Entry.objects.select_related("account").order_by("pk")
    return found.prefetch_related(Prefetch("entries", queryset=entries))
