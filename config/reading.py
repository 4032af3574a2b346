"""Settings that are more than a word: a database's address, a rate of requests."""

from __future__ import annotations

import re
import urllib.parse
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env


def rate(name: str, *, means: str, default: str) -> str:
    """Read how many requests are served in which time.

    Raises:
        ImproperlyConfigured: it is not like ``300/min``.

    """
    text = env.text(name, means=means, default=default)
    if not re.fullmatch(r"[1-9][0-9]*/(sec|min|hour|day)", text, re.ASCII):
        raise ImproperlyConfigured(f"{name} is a number per sec, min, hour or day: 300/min")
    return text


def ports(name: str, *, means: str, default: str) -> list[int]:
    """Read port numbers, separated by commas.

    Raises:
        ImproperlyConfigured: one of them is none.

    """
    words = env.words(name, means=means, default=default)
    if not all(re.fullmatch(r"[1-9][0-9]{0,4}", word, re.ASCII) for word in words):
        raise ImproperlyConfigured(f"{name} is a list of ports: 443,8443")
    return [int(word) for word in words]


def database(url: str) -> dict[str, Any]:
    """Read ``postgresql://user:password@host:port/name?host=/socket/folder``."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL is postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path.strip("/")),
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 5} | query,
    }


def caches(url: str) -> dict[str, dict[str, str]]:
    """Return Django's caches: Redis where there is an address, else each process's own memory."""
    backends = "django.core.cache.backends"
    if not url:
        return {"default": {"BACKEND": f"{backends}.locmem.LocMemCache"}}
    return {"default": {"BACKEND": f"{backends}.redis.RedisCache", "LOCATION": url}}


def files(var: Path) -> dict[str, Any]:
    """Return the storage of reports, which only this project reads."""
    folder = env.text(
        "EXPORTS_FOLDER",
        means="Where made reports are kept for a week; all web processes and workers reach it",
        default="exports",
    )
    options = {"location": var / folder, "base_url": None, "file_permissions_mode": 0o600}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
