"""Lists that are read page by page, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, newest first, and the id after which the next page begins; None on the last."""

    rows: list[Row]
    following: int | None


def newest(*queries: models.QuerySet[Row], after: int | None, limit: int) -> Page[Row]:
    """Return a page of what the queries find together; no row may be found by two of them.

    Each query is read through its own index and no further than the page needs.
    """
    found: list[Row] = []
    for query in queries:
        rows = query if after is None else query.filter(pk__lt=after)
        found += rows.order_by("-pk")[: limit + 1]
    found.sort(key=_key, reverse=True)
    return Page(found[:limit], _key(found[limit - 1]) if len(found) > limit else None)


def _key(row: Any) -> int:
    return int(row.pk)
