"""A telephone and a till in a file each, for trying payments without a network from the shell.

They are the reference implementation with somewhere to keep what they know: a key, what the server
answered, and the counters or the book. Nothing here touches the database.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from merchants.offline.reference.book import Book
from merchants.offline.reference.checks import Limits
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.wire.certificates import TILL_PREFIX, Keys, TillCertificate
from merchants.offline.wire.records import unseal

KEY_BYTES = 32
_LONGEST = 500
_CEILINGS = ("each", "allowance", "day", "stored")

Kept = dict[str, Any]


def new_till(path: Path, *, terminal: str, raw: bytes) -> Kept:
    """Begin a till in a file; return what to ask for its certificate with."""
    key = Ed25519Key(raw)
    _write(path, {"key": raw.hex()})
    signed = f"jigap.till-key.v1\n{terminal}\n{key.public.hex()}".encode()
    return {"public_key": key.public.hex(), "signature": key.sign(signed).hex()}


def certified(path: Path, answer: Kept, *, at: int) -> None:
    """Keep what the server answered to the till; its first list of the revoked is due."""
    terms = answer["terms"]
    each, allowance, day, stored = (int(terms[name]["amount"]) for name in _CEILINGS)
    hours = terms["list_hours"], terms["upload_hours"]
    limits = Limits(each, allowance, day, stored, *hours)
    kept = {name: answer[name] for name in ("certificate", "code_key", "issuer_keys")}
    _write(path, _read(path) | kept | {"limits": asdict(limits)})
    Book(uploaded_at=at).write(book_of(path))


def till(path: Path) -> Till:
    """Return the till in a file, as it was left; its book is written as it goes on."""
    kept, book = _read(path), book_of(path)
    body, issued = unseal(TILL_PREFIX, kept["certificate"], 1, longest=_LONGEST)
    return Till(
        key=Ed25519Key(bytes.fromhex(kept["key"])),
        certificate=TillCertificate.read(body),
        issued=issued,
        code_key=bytes.fromhex(kept["code_key"]),
        issuers=_issuers(kept),
        limits=Limits(**kept["limits"]),
        book=Book.read(book),
        path=book,
    )


def book_of(path: Path) -> Path:
    """Return the file of a till's book, beside its own."""
    return path.with_suffix(".book")


def new_phone(path: Path, *, number: str, raw: bytes) -> Kept:
    """Begin a telephone in a file; return what to bind it with."""
    key = Ed25519Key(raw)
    _write(path, {"key": raw.hex()})
    public = _text(key.public)
    signed = f"jigap.device.v1\n{number}\n{public}".encode()
    return {"name": "shell", "public_key": public, "signature": _text(key.sign(signed))}


def loaded(path: Path, answer: Kept) -> None:
    """Keep the allowance that the server gave to the telephone."""
    kept = {name: answer[name] for name in ("certificate", "issuer_keys")}
    _write(path, _read(path) | kept | {"counter": 0, "spent": 0})


def pay(path: Path, code: str, *, at: int) -> str:
    """Return the voucher that answers a till's code; the counters are kept before it is shown.

    Raises:
        OfflineRefused: the telephone does not pay this.

    """
    kept = _read(path)
    key, issuers = Ed25519Key(bytes.fromhex(kept["key"])), _issuers(kept)
    phone = Telephone.load(key=key, issuers=issuers, text=kept["certificate"])
    phone.counter, phone.spent = kept["counter"], kept["spent"]
    voucher = phone.pay(code, at=at)
    _write(path, kept | {"counter": phone.counter, "spent": phone.spent})
    return voucher


def _issuers(kept: Kept) -> Keys:
    return {
        bytes.fromhex(each["key_id"]): bytes.fromhex(each["public_key"])
        for each in kept["issuer_keys"]
    }


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(path: Path) -> Kept:
    kept: Kept = json.loads(path.read_text(encoding="utf-8"))
    return kept


def _write(path: Path, kept: Kept) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept), encoding="utf-8")
