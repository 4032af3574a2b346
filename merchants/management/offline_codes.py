"""Making and explaining the codes of payments without a network, for the command."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from merchants.errors import MerchantError, OfflineCodeBroken
from merchants.offline.reference.book import Book
from merchants.offline.reference.checks import Limits, require_genuine
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.wire import asks, receipts, records, revocations, vouchers
from merchants.offline.wire.asks import TillCode
from merchants.offline.wire.certificates import (
    ALLOWANCE_PREFIX,
    ALLOWANCE_TAG,
    TILL_PREFIX,
    TILL_TAG,
    AllowanceCertificate,
    Keys,
    TillCertificate,
    require_issued,
)
from merchants.offline.wire.receipts import read_receipt
from merchants.offline.wire.revocations import read_revocations
from merchants.offline.wire.vouchers import VoucherCode

_LONGEST = 400
_DAY = 86_400


def describe(text: str, *, keys: Keys) -> dict[str, Any]:
    """Return what a code says, and under ``genuine`` whether its signatures hold.

    Raises:
        OfflineCodeBroken: it is none.

    """
    readers = {
        asks.PREFIX: _till_code,
        vouchers.PREFIX: _voucher,
        vouchers.PREFIX_ALONE: _voucher,
        receipts.PREFIX: _receipt,
        revocations.PREFIX: _list,
        ALLOWANCE_PREFIX: _allowance,
        TILL_PREFIX: _till,
    }
    for prefix, reader in readers.items():
        if text.startswith(prefix):
            found: dict[str, Any] = _plain(reader(text, keys))
            return found
    raise OfflineCodeBroken


def simulate(*, at: int) -> Iterator[tuple[str, str]]:
    """Yield the codes that a till and a telephone show each other, of an issuer made up for it.

    With these a browser's implementation can be tried; nothing of it is in any database.
    """
    issuer, phone_key, till_key = (Ed25519Key() for _ in range(3))
    key_id = hashlib.sha256(issuer.public).digest()[: records.KEY_ID_BYTES]
    keys = {key_id: issuer.public}
    allowance = AllowanceCertificate(
        key_id, b"allowan1", phone_key.public, "KRW", 50_000, 30_000, 50, at, at + 3 * _DAY
    )
    issued = issuer.sign(records.message(ALLOWANCE_TAG, allowance.body))
    phone = Telephone(phone_key, keys, allowance, issued)
    shop = TillCertificate(
        key_id, b"tilltill", till_key.public, "M1", "T1", "Corner Shop", "KRW", at, at + 7 * _DAY
    )
    till = Till(
        key=till_key,
        certificate=shop,
        issued=issuer.sign(records.message(TILL_TAG, shop.body)),
        code_key=b"k" * 32,
        issuers=keys,
        limits=Limits(30_000, 60_000, 500_000, 300_000, 24, 48),
        book=Book(uploaded_at=at, listed_at=at),
    )
    yield "issuer key", f"{key_id.hex()} {issuer.public.hex()}"
    asked = till.ask(12_000, at=at, order_no="A-1")
    yield "till shows", asked
    answered = phone.pay(asked, at=at)
    yield "telephone shows", answered
    yield "till uploads", till.accept(answered, at=at).alone.text


def _till_code(text: str, keys: Keys) -> dict[str, Any]:
    code = TillCode.read(text)
    said = {"till": asdict(code.certificate), "asks": asdict(code.ask)}
    return {"kind": "till's code", **said, "genuine": _holds(lambda: code.check(keys))}


def _voucher(text: str, keys: Keys) -> dict[str, Any]:
    code = VoucherCode.read(text)
    said: dict[str, Any] = {"kind": "voucher", "voucher": asdict(code.voucher)}
    if not code.certificate:
        return said | {"genuine": None}
    said["certificate"] = asdict(AllowanceCertificate.read(code.certificate))
    return said | {"genuine": _holds(lambda: require_genuine(code, keys))}


def _receipt(text: str, keys: Keys) -> dict[str, Any]:
    return {"kind": "receipt", "receipt": asdict(read_receipt(text, keys)), "genuine": True}


def _list(text: str, keys: Keys) -> dict[str, Any]:
    found = asdict(read_revocations(text, keys))
    return {"kind": "list of the revoked", "list": found, "genuine": True}


def _allowance(text: str, keys: Keys) -> dict[str, Any]:
    body, signature = records.unseal(ALLOWANCE_PREFIX, text, 1, longest=_LONGEST)
    said = AllowanceCertificate.read(body)
    return {
        "kind": "certificate of an allowance",
        "certificate": asdict(said),
        "genuine": _issued(ALLOWANCE_TAG, said.key_id, body, signature, keys),
    }


def _till(text: str, keys: Keys) -> dict[str, Any]:
    body, signature = records.unseal(TILL_PREFIX, text, 1, longest=_LONGEST)
    said = TillCertificate.read(body)
    return {
        "kind": "certificate of a till",
        "certificate": asdict(said),
        "genuine": _issued(TILL_TAG, said.key_id, body, signature, keys),
    }


def _issued(tag: str, key_id: bytes, body: bytes, signature: bytes, keys: Keys) -> bool:
    return _holds(
        lambda: require_issued(tag=tag, key_id=key_id, body=body, signature=signature, keys=keys)
    )


def _holds(check: Any) -> bool:
    try:
        check()
    except MerchantError:
        return False
    return True


def _plain(value: Any) -> Any:
    """Return records with their bytes in hexadecimal, for JSON."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.hex() if isinstance(value, bytes) else value
