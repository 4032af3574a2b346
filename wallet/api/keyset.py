"""Lists in pages, newest first: each page says where the next one goes on."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

Row = TypeVar("Row", bound=Model)

PAGE_PARAMETERS = [OpenApiParameter("after", str), OpenApiParameter("limit", int)]
_SALT = "keyset"
_DEFAULT_LIMIT = 50
_MAX_LIMIT = 200


def page(request: Request, rows: QuerySet[Row]) -> dict[str, Any]:
    """Return ``{"items": [...], "next": ...}`` of rows, by falling primary key.

    Raises:
        ValidationError: the limit is out of range, or the place was not ours.

    """
    limit = request.query_params.get("limit", str(_DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= _MAX_LIMIT):
        raise ValidationError({"limit": f"A number from 1 to {_MAX_LIMIT}."})
    text = request.query_params.get("after")
    if text is not None:
        rows = rows.filter(pk__lt=_read(text))
    found = list(rows.order_by("-pk")[: int(limit) + 1])
    items = found[: int(limit)]
    more = len(found) > len(items)
    return {"items": items, "next": signing.dumps(items[-1].pk, salt=_SALT) if more else None}


def _read(text: str) -> int:
    try:
        return int(signing.loads(text, salt=_SALT))
    except signing.BadSignature as exc:
        raise ValidationError({"after": "Give back what the page before returned."}) from exc
