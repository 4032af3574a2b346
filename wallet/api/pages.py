"""Pages of a list: the query string's ``after`` and ``limit``, and the place as opaque text."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db import models
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from wallet.transfers.pages import Page, newest

MAX_PAGE = 100
PAGING = [OpenApiParameter("after", str), OpenApiParameter("limit", int)]
_SALT = "newest"
_DEFAULT_LIMIT = 50


def read_page(request: Request, *queries: models.QuerySet[Any]) -> Page[Any]:
    """Return the page that the query string asks for.

    Raises:
        ValidationError: the limit is not a number from 1 to MAX_PAGE, or the place was not ours.

    """
    limit = request.query_params.get("limit", str(_DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= MAX_PAGE):
        raise ValidationError({"limit": f"A number from 1 to {MAX_PAGE}."})
    return newest(*queries, after=_read_place(request), limit=int(limit))


def write_place(following: int | None) -> str | None:
    """Return the place as text for the client to give back."""
    return None if following is None else signing.dumps(following, salt=_SALT)


def _read_place(request: Request) -> int | None:
    text = request.query_params.get("after")
    if text is None:
        return None
    try:
        return int(signing.loads(text, salt=_SALT))
    except signing.BadSignature as exc:
        raise ValidationError({"after": "Give back what the page before returned."}) from exc
