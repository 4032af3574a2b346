"""Account numbers: Korean ones by bank, and IBANs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from wallet.errors import InvalidAccountNumber, UnknownBank

IBAN_CODE = "IBAN"  # in place of a bank code: an IBAN names its bank itself

_LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", re.ASCII)
_SEPARATORS = re.compile(r"[\s-]")
_MOST_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Bank:
    """A Korean bank: its name, and how many digits its account numbers have."""

    name: str
    digits: frozenset[int]


def _bank(name: str, *digits: int) -> Bank:
    return Bank(name, frozenset(digits))


# By the three-digit codes of the Korea Financial Telecommunications and Clearings Institute
# (KFTC). Lengths are of the numbers in use, old and new; an account's owner is asked for anyway.
BANKS = {
    "002": _bank("KDB산업은행", 11, 14),
    "003": _bank("IBK기업은행", 10, 11, 12, 14),
    "004": _bank("KB국민은행", 10, 11, 12, 14),
    "007": _bank("Sh수협은행", 11, 12, 14),
    "011": _bank("NH농협은행", 11, 12, 13, 14),
    "012": _bank("지역농축협", 13, 14),
    "020": _bank("우리은행", 11, 12, 13, 14),
    "023": _bank("SC제일은행", 11, 14),
    "027": _bank("한국씨티은행", 10, 11, 12, 13),
    "031": _bank("iM뱅크", 11, 12, 13, 14),
    "032": _bank("부산은행", 12, 13),
    "034": _bank("광주은행", 12, 13),
    "035": _bank("제주은행", 10, 12),
    "037": _bank("전북은행", 12, 13),
    "039": _bank("경남은행", 12, 13),
    "045": _bank("새마을금고", 13, 14),
    "048": _bank("신협", 10, 11, 12, 13, 14),
    "064": _bank("산림조합", 12, 13),
    "071": _bank("우체국", 12, 13, 14),
    "081": _bank("하나은행", 11, 12, 14),
    "088": _bank("신한은행", 11, 12, 13, 14),
    "089": _bank("케이뱅크", 10, 12, 13, 14),
    "090": _bank("카카오뱅크", 13),
    "092": _bank("토스뱅크", 12),
}


def normal_number(*, bank_code: str, text: str) -> tuple[str, str]:
    """Return (bank code, number without separators); an IBAN needs no bank code.

    Raises:
        UnknownBank: the code is not in the table, and the number is no IBAN.
        InvalidAccountNumber: the wrong length for its bank, or wrong check digits.

    """
    if len(text) > _MOST_CHARACTERS:
        raise InvalidAccountNumber
    number = _SEPARATORS.sub("", text).upper()
    if _LOOKS_LIKE_IBAN.fullmatch(number):
        return IBAN_CODE, _iban(number)
    bank = BANKS.get(bank_code)
    if bank is None:
        raise UnknownBank
    if not (number.isascii() and number.isdigit()) or len(number) not in bank.digits:
        raise InvalidAccountNumber
    return bank_code, number


def _iban(number: str) -> str:
    try:
        return str(IBAN(number).compact)
    except SchwiftyException as exc:
        raise InvalidAccountNumber from exc
