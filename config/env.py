"""Every setting the environment can give, declared once with its meaning.

``DECLARED`` feeds the table in the README; a test fails when the two differ.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Setting:
    """A declared setting; ``default`` is what the README shows, "" meaning it must be given."""

    name: str
    means: str
    default: str


DECLARED: dict[str, Setting] = {}


def text(name: str, *, means: str, default: str | None = None) -> str:
    """Return the setting as text.

    Raises:
        ImproperlyConfigured: it is not set and has no default.

    """
    DECLARED[name] = Setting(name, means, default or "")
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"set {name}: {means}")
    return value


def flag(name: str, *, means: str, default: bool = False) -> bool:
    """Return the setting as a truth value: ``true`` or ``false`` and nothing else.

    Raises:
        ImproperlyConfigured: it is set to another word.

    """
    value = text(name, means=means, default="true" if default else "false")
    if value not in {"true", "false"}:
        raise ImproperlyConfigured(f"{name} is true or false, not {value!r}")
    return value == "true"


def integer(name: str, *, means: str, default: int) -> int:
    """Return the setting as a whole number.

    Raises:
        ImproperlyConfigured: it is set to something else.

    """
    value = text(name, means=means, default=str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is a whole number, not {value!r}")
    return int(value)


def words(name: str, *, means: str, default: str | None = "") -> list[str]:
    """Return the setting as a list, its parts separated by commas."""
    value = text(name, means=means, default=default)
    return [word.strip() for word in value.split(",") if word.strip()]
