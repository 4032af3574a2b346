"""The anchor: every seal, signed, in a file outside the database that is only ever appended to.

Who can switch triggers off can rewrite a row, compute all seals anew, or cut off the end of the
book together with its seals, and leave a book that is whole in itself. It is not the one that was
anchored. One line of JSON is one seal; a line torn by a crash is skipped, and its seal written
again, because the lines have to follow one another without a gap.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from ledger.errors import AnchorDiffers
from ledger.models import Seal

_SIGNED = b"jigap-seal-1\n"  # keeps a signature on a seal from passing as one on anything else
_TAIL_BYTES = 64 * 1024  # more than any line, so that the last whole one is among them


@dataclass(frozen=True, slots=True)
class Line:
    """One anchored seal: its fields as written, and whether a known key signed them."""

    number: int
    fields: dict[str, Any]

    @property
    def bounds(self) -> tuple[int, int]:
        """Return after which transaction the block begins, and with which it ends."""
        return self.fields["after"], self.fields["through"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where seals are written, who signs them (nobody, for an auditor), and whose they may be."""

    path: Path
    key: Ed25519PrivateKey | None
    known: tuple[Ed25519PublicKey, ...]

    @property
    def public_key(self) -> str:
        """Return the key to verify with, in hexadecimal: give it to whoever audits."""
        return self.known[0].public_bytes_raw().hex()

    def publish(self) -> int:
        """Append every seal that is not in the file yet; return how many.

        May run in parallel and be killed anywhere: what is missing is appended by the next run.

        Raises:
            AnchorDiffers: the book's seals do not go on from those in the file; nothing is signed.

        """
        if self.key is None:
            raise AnchorDiffers("there is no key to sign with")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            text = b"".join(self._signed(sealed) for sealed in _missing(file))
            size = os.fstat(file).st_size
            torn = size and os.pread(file, 1, size - 1) != b"\n"
            if text:
                _write(file, b"\n" + text if torn else text)
        finally:
            os.close(file)
        return text.count(b"\n")

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield the first row of the book that is not as it was anchored, and what is wrong."""
        if not self.path.exists():
            if Seal.objects.exists():
                yield f"anchor {self.path}", "is missing, though the book is sealed"
            return
        through, found = 0, _seals()
        for line in self._lines():
            problem = self._wrong_with(line, through, found)
            if problem:
                yield f"anchor line {line.number}", problem
                return
            through = line.bounds[1]

    def _lines(self) -> Iterator[Line]:
        with self.path.open("rb") as file:
            for number, text in enumerate(file, 1):
                fields = _parsed(text)
                if fields:
                    yield Line(number, fields)

    def _wrong_with(self, line: Line, through: int, found: dict[int, tuple[Any, ...]]) -> str:
        after, last = line.bounds
        if not self._is_signed(line.fields):
            return "is not signed by a known key"
        if after != through:
            return "leaves a gap after the line before it"
        what = f"transactions {after + 1} to {last}"
        if after not in found:
            return f"seals {what}, but the book has lost that seal"
        if found[after] != _essence(line.fields):
            return f"seals {what} as they were, and the book's seal was computed anew"
        return ""

    def _signed(self, sealed: Seal) -> bytes:
        assert self.key is not None  # noqa: S101 - publish has asked.
        fields = {
            "after": sealed.after_id,
            "through": sealed.through_id,
            "count": sealed.transaction_count,
            "root": bytes(sealed.merkle_root).hex(),
            "chain": bytes(sealed.chain_hash).hex(),
            "sealed_at": sealed.sealed_at.isoformat(),
        }
        signature = self.key.sign(_SIGNED + _canonical(fields)).hex()
        return _canonical({**fields, "signature": signature}) + b"\n"

    def _is_signed(self, fields: dict[str, Any]) -> bool:
        rest = {name: value for name, value in fields.items() if name != "signature"}
        return any(_verifies(key, fields["signature"], _canonical(rest)) for key in self.known)


def configured() -> Anchor | None:
    """Return the anchor of the settings; None where they name no file."""
    if settings.ANCHOR_FILE is None:
        return None
    seed = hashlib.sha256(settings.ANCHOR_SECRET.encode()).digest()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    earlier = read_keys(settings.ANCHOR_PUBLIC_KEYS)
    return Anchor(settings.ANCHOR_FILE, key, (key.public_key(), *earlier))


def read_keys(texts: Sequence[str]) -> tuple[Ed25519PublicKey, ...]:
    """Read public keys from hexadecimal.

    Raises:
        ValueError: one of them is not 32 bytes in hexadecimal.

    """
    return tuple(Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)) for text in texts)


def _missing(file: int) -> list[Seal]:
    """Return the seals after the last one in the file, which has to be one of the book's."""
    last = _last(file)
    through = last["through"] if last else 0
    if last:
        known = Seal.objects.filter(after_id=last["after"]).first()
        if known is None or _stored(known) != _essence(last):
            raise AnchorDiffers(f"the seal through transaction {through} is not the anchored one")
    return list(Seal.objects.filter(after_id__gte=through).defer("leaves").order_by("after_id"))


def _last(file: int) -> dict[str, Any] | None:
    size = os.fstat(file).st_size
    lines = os.pread(file, _TAIL_BYTES, max(0, size - _TAIL_BYTES)).splitlines()
    found = next(filter(None, map(_parsed, reversed(lines))), None)
    if found is None and size > _TAIL_BYTES:
        raise AnchorDiffers("its file does not end in seals")
    return found


def _write(file: int, text: bytes) -> None:
    while text:
        text = text[os.write(file, text) :]
    os.fsync(file)


def _seals() -> dict[int, tuple[Any, ...]]:
    """Return what each seal of the book says, by where its block begins."""
    found = Seal.objects.defer("leaves").order_by("after_id").iterator()
    return {sealed.after_id: _stored(sealed) for sealed in found}


def _stored(sealed: Seal) -> tuple[Any, ...]:
    root, chain = bytes(sealed.merkle_root).hex(), bytes(sealed.chain_hash).hex()
    return sealed.through_id, sealed.transaction_count, root, chain


def _essence(fields: dict[str, Any]) -> tuple[Any, ...]:
    return fields["through"], fields["count"], fields["root"], fields["chain"]


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _parsed(text: bytes) -> dict[str, Any] | None:
    """Return the fields of a whole line; None for one that a crash tore."""
    try:
        fields = json.loads(text)
    except ValueError:
        return None
    wanted = {"after", "through", "count", "root", "chain", "sealed_at", "signature"}
    return fields if isinstance(fields, dict) and fields.keys() == wanted else None


def _verifies(key: Ed25519PublicKey, signature: object, signed: bytes) -> bool:
    try:
        key.verify(bytes.fromhex(str(signature)), _SIGNED + signed)
    except (ValueError, InvalidSignature):
        return False
    return True
