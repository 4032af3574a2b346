"""Views whose answer may be a moment old, but never older than what the same session just did."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request

from ledger.stale import MOST_LAG_SECONDS, REPLICA, reads_may_be_stale

View = TypeVar("View", bound=Callable[..., Any])

# A replica that lags by more is not read, so that what was written is there by then.
_OWN_WRITES_SECONDS = MOST_LAG_SECONDS + 5


def may_be_stale(get: View) -> View:
    """Let a view read from the replica, unless its session wrote something a moment ago.

    Who asks was found out before, from the primary: a token that was revoked is refused at once.
    """

    @functools.wraps(get)
    def reading(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        with reads_may_be_stale(allowed=REPLICA in settings.DATABASES and not _wrote(request)):
            return get(view, request, *args, **kwargs)

    return reading  # type: ignore[return-value]


def note_write(request: HttpRequest) -> None:
    """Note that a session wrote; for a while it reads nothing that could be older than that.

    Called before anything happens. While the cache is away, ``_wrote`` says yes for everybody.
    """
    if REPLICA in settings.DATABASES:
        with suppress(Exception):  # whatever the cache's client raises
            cache.set(_key(request), 1, _OWN_WRITES_SECONDS)


def _wrote(request: Request) -> bool:
    try:
        return cache.get(_key(request)) is not None
    except Exception:  # noqa: BLE001 - whatever the cache's client raises: read the primary.
        return True


def _key(request: HttpRequest | Request) -> str:
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    who = f"{request.headers.get('Authorization', '')}\n{session}"
    return f"wrote:{hashlib.sha256(who.encode()).hexdigest()}"
