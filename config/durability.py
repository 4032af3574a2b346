"""A database that may forget or rewrite an answered payment is refused before the first one.

Checked where a process of production starts (web server, Celery worker), by ``/readyz``, and by
``manage.py migrate`` and ``check --database default``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

# Each with the values that keep what was committed, and why the others do not.
SAFE = {
    "fsync": (("on",), "a crash of the machine corrupts the database"),
    "full_page_writes": (("on",), "a page half written at a crash is not mended"),
    "synchronous_commit": (
        ("on", "remote_apply"),
        "a payment is answered before it is on the disk (of the standby, where there is one)",
    ),
    "data_checksums": (("on",), "a page that the disk changed is read as if it were right"),
    "is_superuser": (("off",), "a superuser can rewrite the book: connect as jigap_app"),
}


def unsafe_settings(alias: str = "default") -> list[str]:
    """Return what is unsafe about a database as this process sees it, a sentence each."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) name", [list(SAFE)]
        )
        found = dict(cursor.fetchall())
    return [
        f"{name} is {found[name]}: {reason}"
        for name, (values, reason) in SAFE.items()
        if found[name] not in values
    ]


def require_safe_database() -> None:
    """Refuse to start on an unsafe database in production; the embedded one is no matter.

    Raises:
        ImproperlyConfigured: it names each unsafe setting.

    """
    unsafe = unsafe_settings() if settings.PRODUCTION else []
    if unsafe:
        raise ImproperlyConfigured("unsafe database: " + "; ".join(unsafe))


class SafeDatabase(bootsteps.Step):
    """A step of the Celery worker's start that ends it on an unsafe database."""

    def __init__(self, _worker: Any, **_options: Any) -> None:
        require_safe_database()


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Report each unsafe setting; the owner that migrates need not be a superuser either."""
    if not settings.PRODUCTION:
        return []
    return [Error(text) for alias in databases or [] for text in unsafe_settings(alias)]
