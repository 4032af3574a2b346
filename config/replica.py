"""The streaming replica: what Django reads there, and who may not for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponseBase

from ledger import stale
from wallet.api.stale import note_write

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Router:
    """Reads from the replica where a view said that it may; everything else is the primary's."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        """Return where a query reads."""
        return stale.alias()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Return where everything is written."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Let rows of both be related: they are the same rows."""
        return True

    def allow_migrate(self, db: str, _app: str, **_hints: Any) -> bool:
        """Let the primary alone be migrated."""
        return db == DEFAULT_DB_ALIAS


class OwnWrites:
    """Note who writes, so that the same session does not read something older."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note it before anything happens."""
        if request.method not in _SAFE:
            note_write(request)
        return self.get_response(request)
