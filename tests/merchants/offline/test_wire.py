"""The wire format: read only as it was written, and small enough for its code."""

from __future__ import annotations

import hashlib
import hmac

import cbor2
import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

from merchants.codes.pictures.images import draw_png, read_image
from merchants.errors import MerchantError, OfflineCodeBroken, OfflineSignatureWrong
from merchants.offline.reference.checks import require_genuine
from merchants.offline.reference.keys import Ed25519Key, P256Key, SigningKey
from merchants.offline.reference.telephone import Telephone
from merchants.offline.wire import base45, records
from merchants.offline.wire.asks import Ask, TillCode, signed_ask
from merchants.offline.wire.certificates import (
    ALLOWANCE_TAG,
    TILL_TAG,
    AllowanceCertificate,
    TillCertificate,
)
from merchants.offline.wire.receipts import RECEIPT_TAG, Receipt, read_receipt, six_digits
from merchants.offline.wire.revocations import LIST_TAG, Revocations, read_revocations
from merchants.offline.wire.vouchers import VoucherCode

AT = 1_772_420_400
ISSUER = Ed25519Key(b"i" * 32)
KEY_ID = hashlib.sha256(ISSUER.public).digest()[:4]
KEYS = {KEY_ID: ISSUER.public}
BOTH: list[SigningKey] = [Ed25519Key(b"t" * 32), P256Key(b"t" * 32)]


def telephone(key: SigningKey, *, cap: int = 100_000) -> Telephone:
    certificate = AllowanceCertificate(
        KEY_ID, b"ALLOWNCE", key.public, "KRW", cap, min(cap, 30_000), 50, AT, AT + 72 * 3600
    )
    signed = records.message(ALLOWANCE_TAG, certificate.body)
    return Telephone(key, KEYS, certificate, ISSUER.sign(signed))


def till_code(key: SigningKey, *, amount: int = 12_000, order_no: str | None = None) -> str:
    certificate = TillCertificate(
        KEY_ID, b"TILLTILL", key.public, "M" * 11, "T" * 11, "모퉁이가게", "KRW", AT, AT + 604_800
    )
    issued = ISSUER.sign(records.message(TILL_TAG, certificate.body))
    ask = Ask(b"NONCE123", amount, "KRW", AT, order_no)
    signature = key.sign(signed_ask(ask, under=certificate.body))
    return TillCode(certificate, issued, ask, signature).text


def voucher(key: SigningKey, **of: int) -> str:
    return telephone(key, **of).pay(till_code(Ed25519Key(b"t" * 32)), at=AT)


@given(st.binary(max_size=300))
def test_base45_has_one_text_for_bytes(raw: bytes) -> None:
    text = base45.encode(raw)
    assert base45.decode(text) == raw
    assert len(text) == 3 * (len(raw) // 2) + 2 * (len(raw) % 2)


@pytest.mark.parametrize(
    ("raw", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")]
)
def test_base45_is_that_of_the_standard(raw: bytes, text: str) -> None:
    # RFC 9285, 4.3 and 4.4
    assert (base45.encode(raw), base45.decode(text)) == (text, raw)


@pytest.mark.parametrize(
    "text", ["GGW", "A", "bb8", ":::", "::", "BB8A", "B\x00B", "\u0661\u0661\u0661"]
)
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(OfflineCodeBroken):
        base45.decode(text)


@pytest.mark.parametrize("key", BOTH, ids=["ed25519", "p256"])
def test_a_voucher_fits_version_12_with_a_certificate_and_7_without(key: SigningKey) -> None:
    text = voucher(key, cap=2**32 - 1)
    for level, most, shown in (
        (ERROR_CORRECT_M, 12, text),
        (ERROR_CORRECT_L, 10, text),
        (ERROR_CORRECT_M, 8, VoucherCode.read(text).alone.text),
    ):
        code = qrcode.QRCode(error_correction=level)
        code.add_data(shown, optimize=0)
        code.make(fit=True)
        assert code.version is not None
        assert code.version <= most


def test_sizes_are_those_that_the_documentation_tells() -> None:
    text = voucher(BOTH[0])
    code = VoucherCode.read(text)
    assert (len(code.certificate), len(code.voucher.body)) == (74, 45)
    assert len(text) == 5 + 384


def test_a_voucher_is_read_from_a_picture() -> None:
    text = voucher(BOTH[0])
    assert read_image(draw_png(text)) == [text]


@pytest.mark.parametrize("key", BOTH, ids=["ed25519", "p256"])
def test_no_byte_of_a_voucher_can_be_altered(key: SigningKey) -> None:
    text = voucher(key)
    raw = base45.decode(text.removeprefix("JGV1:"))
    device = key.public
    for place in range(len(raw)):
        forged = bytearray(raw)
        forged[place] ^= 1 << place % 8
        assert not genuine("JGV1:" + base45.encode(bytes(forged)), device), place


@given(st.data())
def test_no_character_of_a_voucher_can_be_altered(data: st.DataObject) -> None:
    text = voucher(BOTH[0])
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(max_codepoint=0x2FF).filter(lambda c: c != text[place]))
    assert not genuine(text[:place] + other + text[place + 1 :], BOTH[0].public)


@given(st.data())
def test_a_cut_or_extended_voucher_is_none(data: st.DataObject) -> None:
    text = voucher(BOTH[0])
    cut = data.draw(st.integers(0, len(text) - 1))
    assert not genuine(text[:cut], BOTH[0].public)
    assert not genuine(text + data.draw(st.text("0123456789AB:", min_size=1)), BOTH[0].public)


def genuine(text: str, device: bytes) -> bool:
    """Whether a till would find nothing wrong with the signatures."""
    try:
        code = VoucherCode.read(text)
        return require_genuine(code, KEYS).device_key == device
    except MerchantError:
        return False


@pytest.mark.parametrize("key", BOTH, ids=["ed25519", "p256"])
def test_no_byte_of_a_tills_code_can_be_altered(key: SigningKey) -> None:
    text = till_code(key, order_no="ORDER-1")
    TillCode.read(text).check(KEYS)
    raw = base45.decode(text.removeprefix("JGT1:"))
    for place in range(len(raw)):
        forged = bytearray(raw)
        forged[place] ^= 0x01
        with pytest.raises(MerchantError):
            TillCode.read("JGT1:" + base45.encode(bytes(forged))).check(KEYS)


def test_receipts_and_lists_cannot_be_altered() -> None:
    receipt = Receipt(KEY_ID, b"TILLTILL", b"NONCE123", 12_000, "KRW", AT, "260302123456789012")
    listed = Revocations(KEY_ID, AT, (b"ALLOWNC2", b"ALLOWNC1"))
    texts = (
        receipt.text(ISSUER.sign(receipt.signed)),
        listed.text(ISSUER.sign(listed.signed)),
    )
    readers = (read_receipt, read_revocations)
    assert read_receipt(texts[0], KEYS) == receipt
    assert read_revocations(texts[1], KEYS).allowances == (b"ALLOWNC1", b"ALLOWNC2")
    assert (RECEIPT_TAG, LIST_TAG) == ("jigap.till-receipt.v1", "jigap.revocations.v1")
    for text, read in zip(texts, readers, strict=True):
        raw = base45.decode(text[5:])
        for place in range(len(raw)):
            forged = bytearray(raw)
            forged[place] ^= 0x04
            with pytest.raises(MerchantError):
                read(text[:5] + base45.encode(bytes(forged)), KEYS)


@given(st.binary(max_size=200))
def test_whatever_bytes_are_no_code(raw: bytes) -> None:
    for prefix, read in (("JGV1:", VoucherCode.read), ("JGS1:", VoucherCode.read)):
        with pytest.raises(MerchantError):
            read(prefix + base45.encode(raw))
    with pytest.raises(MerchantError):
        TillCode.read("JGT1:" + base45.encode(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x81" * 600 + b"\x01",
        b"\x9f\x01\xff",
        cbor2.dumps([1, 2]) + b"\x00",
        b"\x82\x18\x01\x02",  # 1 in two bytes
        b"\x82\x01\xf9\x40\x00",  # 2.0
        b"\x82\x01\xc2\x41\x02",  # 2 as a bignum
        b"\x82\xf5\x02",  # true is not 1
        b"\x9b" + b"\xff" * 8,
    ],
)
def test_a_record_is_read_only_as_it_is_written(raw: bytes) -> None:
    with pytest.raises(OfflineCodeBroken):
        records.read(raw, [records.version, records.number])
    assert records.read(b"\x82\x01\x02", [records.version, records.number]) == [1, 2]


def test_six_digits_are_those_of_the_documentation() -> None:
    said = b"NONCE123" + (12_000).to_bytes(8, "big") + b"KRW"
    digest = hmac.new(b"k" * 32, said, hashlib.sha256).digest()
    offset = digest[31] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    digits = six_digits(code_key=b"k" * 32, nonce=b"NONCE123", amount=12_000, currency="KRW")
    assert digits == str(number)[-6:].rjust(6, "0")


def test_a_signature_under_one_certificate_is_none_under_another() -> None:
    phone = telephone(BOTH[0])
    code = VoucherCode.read(phone.pay(till_code(BOTH[0]), at=AT))
    other = telephone(BOTH[0], cap=90_000).certificate.body
    with pytest.raises(OfflineSignatureWrong):
        records.require_signature(
            public_key=phone.key.public,
            signature=code.signature,
            signed=code.voucher.signed(under=other),
        )
