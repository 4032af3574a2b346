"""The value formats of EMVCo data objects, and the check that a value has one."""

import re
from dataclasses import dataclass

from merchants.errors import CodeObjectInvalid


@dataclass(frozen=True, slots=True)
class Format:
    """A pattern for the whole value, and the same in words for the message."""

    pattern: re.Pattern[str]
    rule: str

    def allows(self, value: str) -> bool:
        """Tell whether ``value`` has the format."""
        return self.pattern.fullmatch(value) is not None

    def check(self, path: str, value: str) -> str:
        """Return ``value``.

        Raises:
            CodeObjectInvalid: the value does not have the format.

        """
        if self.pattern.fullmatch(value) is None:
            raise CodeObjectInvalid(path, self.rule)
        return value


def digits(length: int) -> Format:
    """Return the format of exactly ``length`` ASCII digits (EMVCo "N")."""
    return Format(re.compile(f"[0-9]{{{length}}}"), f"{length} digits")


def ascii_text(max_length: int) -> Format:
    """Return the format of up to ``max_length`` printable ASCII characters (EMVCo "ans")."""
    pattern = re.compile(f"[ -~]{{1,{max_length}}}")
    return Format(pattern, f"1 to {max_length} ASCII characters")


def any_text(max_length: int) -> Format:
    """Return the format of up to ``max_length`` characters of any script (EMVCo "S")."""
    pattern = re.compile(f".{{1,{max_length}}}", re.DOTALL)
    return Format(pattern, f"1 to {max_length} characters")


CATEGORY = digits(4)
CURRENCY = digits(3)
COUNTRY = Format(re.compile("[A-Z]{2}"), "two capital letters")
NAME = ascii_text(25)
CITY = ascii_text(15)
POSTAL_CODE = ascii_text(10)
ACCOUNT = ascii_text(99)
GUID = ascii_text(32)
LABEL = ascii_text(25)
LANGUAGE = Format(re.compile("[A-Za-z]{2}"), "two letters")
NAME_ANY_SCRIPT = any_text(25)
CITY_ANY_SCRIPT = any_text(15)
DATA_REQUEST = Format(
    re.compile(r"(?!.*(.).*\1)[AME]{1,3}"), "letters A, M and E, each at most once"
)
