"""Base45 (RFC 9285): bytes in the 45 characters that a QR code packs most tightly."""

from __future__ import annotations

import struct

from merchants.errors import OfflineCodeBroken

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_BASE, _BYTE = 45, 256


def encode(raw: bytes) -> str:
    """Return bytes as text: three characters for two bytes, two for a last single one."""
    text = []
    for at in range(0, len(raw) - 1, 2):
        high, rest = divmod(raw[at] * _BYTE + raw[at + 1], _BASE * _BASE)
        middle, low = divmod(rest, _BASE)
        text.append(_ALPHABET[low] + _ALPHABET[middle] + _ALPHABET[high])
    if len(raw) % 2:
        high, low = divmod(raw[-1], _BASE)
        text.append(_ALPHABET[low] + _ALPHABET[high])
    return "".join(text)


def decode(text: str) -> bytes:
    """Return the bytes; each has one text only.

    Raises:
        OfflineCodeBroken: a character of another alphabet, a wrong length, a group too large.

    """
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise OfflineCodeBroken from None
    tail = values[len(values) - len(values) % 3 :]
    threes = zip(values[::3], values[1::3], values[2::3], strict=False)
    numbers = [low + _BASE * middle + _BASE * _BASE * high for low, middle, high in threes]
    if len(tail) == 1 or max(numbers, default=0) >= _BYTE * _BYTE:
        raise OfflineCodeBroken
    raw = struct.pack(f">{len(numbers)}H", *numbers)
    if not tail:
        return raw
    last = tail[0] + _BASE * tail[1]
    if last >= _BYTE:
        raise OfflineCodeBroken
    return raw + bytes([last])
