"""What one person sees of another: enough to check who it is, not enough to find them."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.activity.masking import country_code
from wallet.models import Profile, User

_SHOWN_DIGITS = 2  # at the end of a masked phone number
# Hangul, kana and Han: names written without spaces, the family name first.
_EAST_ASIAN = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0x20000, 0x323AF))


@dataclass(frozen=True, slots=True)
class Person:
    """The other side of a transfer, masked; what is not known is None."""

    name: str | None
    phone: str | None


def person(user: User) -> Person:
    """Return what others see of a user; the profile should be selected with the user."""
    try:
        name = user.profile.display_name
    except Profile.DoesNotExist:
        name = ""
    return Person(mask_name(name) if name else None, mask_phone(user.phone))


def mask_name(name: str) -> str:
    """Return a name with most letters hidden: 김*지, M*** K**."""
    joined = name.replace(" ", "")
    if all(_is_east_asian(character) for character in joined):
        last = joined[-1] if len(joined) > 2 else ""  # noqa: PLR2004 - of two, one is hidden.
        return joined[:1].ljust(len(joined) - len(last), "*") + last if joined[1:] else "*"
    return " ".join(word[0].ljust(len(word), "*") if word[1:] else "*" for word in name.split())


def mask_phone(phone: str) -> str:
    """Return an E.164 number with its country code and last two digits only."""
    country = f"+{country_code(phone)}"
    hidden = len(phone) - len(country) - _SHOWN_DIGITS
    return country + "*" * hidden + phone[-_SHOWN_DIGITS:]


def _is_east_asian(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _EAST_ASIAN)
