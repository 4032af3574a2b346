"""Handles and names."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from wallet.errors import HandleTaken, InvalidHandle, UnreadableText
from wallet.idempotency import use_case
from wallet.models import Profile, User
from wallet.models.profiles import NAME_LENGTH
from wallet.texts import clean_text

# ASCII before lower-casing: the Kelvin sign is a "k" in lower case.
_HANDLE = re.compile(r"@?([A-Za-z0-9_]{3,20})", re.ASCII)
RESERVED = frozenset(
    {
        *("about", "account", "admin", "administrator", "api", "bank", "billing", "contact"),
        *("everyone", "help", "info", "jigap", "ledger", "legal", "merchant", "moderator", "news"),
        *("nobody", "null", "official", "operator", "pay", "payment", "payments", "police"),
        *("refund", "root", "security", "service", "staff", "store", "support", "system"),
        *("team", "undefined", "wallet", "webmaster"),
    }
)


def normal_handle(text: str) -> str:
    """Return a handle in lower case, without its at sign.

    Raises:
        InvalidHandle: it is not one.

    """
    match = _HANDLE.fullmatch(text)
    if match is None:
        raise InvalidHandle
    return match[1].lower()


@use_case
def set_profile(*, user: User, handle: str | None, display_name: str | None) -> Profile:
    """Set what a person is called; None leaves as it is.

    Raises:
        InvalidHandle: it is not a handle, or a reserved word.
        HandleTaken: somebody else has it.
        UnreadableText: the name is empty or holds characters that cannot be seen.

    """
    values: dict[str, str] = {}
    if handle is not None:
        values["handle"] = normal_handle(handle)
        # Underscores do not make a reserved word somebody's own: @jigap_ would pass for us.
        if values["handle"].strip("_") in RESERVED:
            raise InvalidHandle
    if display_name is not None:
        values["display_name"] = clean_text(display_name, most=NAME_LENGTH)
        if not values["display_name"]:
            raise UnreadableText
    try:
        with transaction.atomic():
            profile, _ = Profile.objects.update_or_create(user=user, defaults=values)
    except IntegrityError as exc:
        raise HandleTaken from exc
    return profile
