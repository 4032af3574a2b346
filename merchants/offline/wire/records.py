"""Records: a CBOR array of fields in a fixed order, and the signed records that make up a code.

A record is read only in the one way in which it is written (RFC 8949, 4.2.1: shortest lengths, no
indefinite ones), so that what was signed and what is read are the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import cbor2

from merchants.errors import OfflineCodeBroken, OfflineSignatureWrong
from merchants.offline.wire import base45
from wallet.proof.keys import ED25519_BYTES, P256_BYTES, SIGNATURE_BYTES, verifies

VERSION = 1
KEY_ID_BYTES, ID_BYTES, NONCE_BYTES = 4, 8, 8
MOST = 2**32 - 1  # of an amount, in minor units: a voucher has to fit its code
_CURRENCY_LENGTH = 12
_DEPTH = 4

Check = Callable[[Any], bool]


def number(value: Any) -> bool:
    """Tell whether a field is a whole number from 0 up."""
    return type(value) is int and 0 <= value <= MOST


def blob(*sizes: int) -> Check:
    """Return the check for bytes of one of these lengths."""
    return lambda value: type(value) is bytes and len(value) in sizes


def words(most: int, *, least: int = 1) -> Check:
    """Return the check for text of so many characters."""
    return lambda value: type(value) is str and least <= len(value) <= most


def version(value: Any) -> bool:
    """Tell whether a record is of the layout that is known here."""
    return type(value) is int and value == VERSION


currency = words(_CURRENCY_LENGTH)
public_key = blob(ED25519_BYTES, P256_BYTES)


def write(fields: Sequence[Any]) -> bytes:
    """Return fields as the bytes that are signed."""
    return bytes(cbor2.dumps(list(fields), canonical=True))


def read(body: bytes, shape: Sequence[Check]) -> list[Any]:
    """Return the fields of a record.

    Raises:
        OfflineCodeBroken: not such a record, or not written in the one way it is.

    """
    try:
        fields = cbor2.loads(body, max_depth=_DEPTH, allow_indefinite=False)
    except (cbor2.CBORError, ValueError, OverflowError, MemoryError) as exc:
        raise OfflineCodeBroken from exc
    if not isinstance(fields, list) or len(fields) != len(shape):
        raise OfflineCodeBroken
    if not all(check(field) for check, field in zip(shape, fields, strict=True)):
        raise OfflineCodeBroken
    if write(fields) != body:
        raise OfflineCodeBroken
    return fields


def message(tag: str, body: bytes, under: bytes | None = None) -> bytes:
    """Return what is signed: the kind of record, the certificate it is under, the record."""
    above = b"" if under is None else hashlib.sha256(under).digest()
    return tag.encode() + above + body


def require_signature(*, public_key: bytes, signature: bytes, signed: bytes) -> None:
    """Refuse what a key did not sign.

    Raises:
        OfflineSignatureWrong: the signature is of something else, or by another key.

    """
    if not verifies(public_key=public_key, signature=signature, message=signed):
        raise OfflineSignatureWrong


def seal(prefix: str, parts: Sequence[bytes]) -> str:
    """Return records and their signatures as the text of a code."""
    return prefix + base45.encode(write(parts))


def unseal(prefix: str, text: str, records: int, *, longest: int) -> list[bytes]:
    """Return what ``seal`` put together: a record, its signature, the next record.

    Raises:
        OfflineCodeBroken: another kind of code, or not one of ours at all.

    """
    if not text.startswith(prefix) or len(text) > longest:
        raise OfflineCodeBroken
    raw = base45.decode(text.removeprefix(prefix))
    record: Check = lambda value: type(value) is bytes  # noqa: E731 - said where it is used.
    return read(raw, [record, blob(SIGNATURE_BYTES)] * records)
