"""What a code for payments without a network says, as plain data, and whether it is genuine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from merchants.errors import MerchantError, OfflineCodeBroken
from merchants.offline.reference.checks import require_genuine
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
from merchants.offline.wire.receipts import RECEIPT_TAG, Receipt
from merchants.offline.wire.revocations import LIST_TAG, Revocations
from merchants.offline.wire.vouchers import VoucherCode

Fields = dict[str, Any]

_LONGEST = 400


def looks_like_one(text: str) -> bool:
    """Tell whether a text begins as one of these codes does."""
    return text.startswith(tuple(_READERS))


def describe(text: str, *, keys: Keys) -> Fields:
    """Return what a code says: ``scheme`` is its kind, bytes are hexadecimal.

    ``genuine`` tells whether its signatures hold by the issuer's ``keys``; it is null for a
    voucher that came without the certificate it is under.

    Raises:
        OfflineCodeBroken: it is none.

    """
    for prefix, (scheme, reader) in _READERS.items():
        if text.startswith(prefix):
            said: Fields = _plain(reader(text, keys))
            return {"scheme": scheme, "scheme_name": "Jigap", "ours": True} | said
    raise OfflineCodeBroken


def _ask(text: str, keys: Keys) -> Fields:
    code = TillCode.read(text)
    said = {"till": asdict(code.certificate), "asks": asdict(code.ask)}
    return said | {"genuine": _holds(lambda: code.check(keys))}


def _voucher(text: str, keys: Keys) -> Fields:
    code = VoucherCode.read(text)
    said: Fields = {"voucher": asdict(code.voucher)}
    if not code.certificate:
        return said | {"certificate": None, "genuine": None}
    said["certificate"] = asdict(AllowanceCertificate.read(code.certificate))
    return said | {"genuine": _holds(lambda: require_genuine(code, keys))}


def _receipt(text: str, keys: Keys) -> Fields:
    body, signature = records.unseal(receipts.PREFIX, text, 1, longest=receipts.LONGEST)
    said = Receipt.read(body)
    genuine = _issued(RECEIPT_TAG, said.key_id, body, signature, keys)
    return {"receipt": asdict(said), "genuine": genuine}


def _list(text: str, keys: Keys) -> Fields:
    body, signature = records.unseal(revocations.PREFIX, text, 1, longest=revocations.LONGEST)
    said = Revocations.read(body)
    genuine = _issued(LIST_TAG, said.key_id, body, signature, keys)
    return {"list": asdict(said), "genuine": genuine}


def _allowance(text: str, keys: Keys) -> Fields:
    body, signature = records.unseal(ALLOWANCE_PREFIX, text, 1, longest=_LONGEST)
    said = AllowanceCertificate.read(body)
    genuine = _issued(ALLOWANCE_TAG, said.key_id, body, signature, keys)
    return {"certificate": asdict(said), "genuine": genuine}


def _till(text: str, keys: Keys) -> Fields:
    body, signature = records.unseal(TILL_PREFIX, text, 1, longest=_LONGEST)
    said = TillCertificate.read(body)
    genuine = _issued(TILL_TAG, said.key_id, body, signature, keys)
    return {"certificate": asdict(said), "genuine": genuine}


_READERS: dict[str, tuple[str, Callable[[str, Keys], Fields]]] = {
    asks.PREFIX: ("jigap_till_ask", _ask),
    vouchers.PREFIX: ("jigap_voucher", _voucher),
    vouchers.PREFIX_ALONE: ("jigap_voucher", _voucher),
    receipts.PREFIX: ("jigap_receipt", _receipt),
    revocations.PREFIX: ("jigap_revocations", _list),
    ALLOWANCE_PREFIX: ("jigap_allowance_certificate", _allowance),
    TILL_PREFIX: ("jigap_till_certificate", _till),
}


def _issued(tag: str, key_id: bytes, body: bytes, signature: bytes, keys: Keys) -> bool:
    return _holds(
        lambda: require_issued(tag=tag, key_id=key_id, body=body, signature=signature, keys=keys)
    )


def _holds(check: Callable[[], object]) -> bool:
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
