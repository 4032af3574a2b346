"""Consumer-presented codes for the tests: put together by plain byte work."""

from __future__ import annotations

import base64

# The example of the EMVCo specification: two applications, a card and cryptograms in common.
EXAMPLE = (
    "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRI"
    "T0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw=="
)
NAME = bytes.fromhex("A0000000555555")


def tlv(tag: str, value: bytes) -> bytes:
    """One object, its length in the shortest form."""
    size = len(value)
    digits = size.to_bytes(1 if size < 256 else 2, "big")
    length = digits if size < 128 else bytes([0x80 | len(digits)]) + digits
    return bytes.fromhex(tag) + length + value


def text_of(*objects: bytes, version: bytes = b"CPV01") -> str:
    """A whole code, in base64."""
    return base64.b64encode(tlv("85", version) + b"".join(objects)).decode()


def application(*more: bytes, name: bytes = NAME) -> bytes:
    """A template 61 with a name."""
    return tlv("61", tlv("4F", name) + b"".join(more))
