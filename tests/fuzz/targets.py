"""What is fuzzed: each reader, where it starts from, and what it may say.

A target takes bytes. It raises nothing but a bug: the documented refusals are its answers, and
what was read has to be written back exactly, where there is a writer.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from merchants import scanned
from merchants.codes.cpm import reading as cpm
from merchants.codes.mpm import code as mpm
from merchants.codes.ours.store_code import is_store_code, read_store_code, write_store_code
from merchants.errors import (
    CodeNotWritable,
    CodeRefused,
    OfflineCodeBroken,
    OfflineRefused,
    StatementUnreadable,
)
from merchants.offline.reference.checks import require_genuine
from merchants.offline.wire import asks, base45, receipts, revocations, vouchers
from merchants.offline.wire.asks import TillCode
from merchants.offline.wire.vouchers import VoucherCode
from merchants.statements import formats
from merchants.statements.profiles import read_profile
from tests.codes.cpm_samples import EXAMPLE
from tests.codes.payloads import DUITNOW, PIX, PROMPTPAY, payload, sealed
from tests.codes.test_store_code import CORNER_SHOP, PINE_COFFEE
from tests.merchants.offline.test_wire import BOTH, KEYS, till_code, voucher
from tests.merchants.statements.files import PROFILE, Move, Paper, bai2, camt, mt940, sheet
from wallet.codes.digits import ConsumerCode
from wallet.errors import ConsumerCodeMalformed

Act = Callable[[bytes], None]

_DIGITS = str(ConsumerCode("12345678", "46119246"))
_HEADER = bytes.fromhex("85054350563031")
_PAPER = Paper((Move(1_200, "R1", "E1", "one"), Move(-30, "R2", "E2", "two")), opening=7)
_PROFILE = read_profile(PROFILE)
_TILL = till_code(BOTH[0], order_no="A-1")


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, with valid input to begin from and the pieces that its format is made of."""

    act: Act
    seeds: tuple[bytes, ...]
    pieces: tuple[bytes, ...]


def _decoded(data: bytes) -> str:
    # Lone surrogates too: they come out of JSON.
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _merchant_presented(data: bytes) -> None:
    text = _decoded(data)
    _read_payload(text)
    # Whatever was changed, under a checksum that fits it: who alters a code mends that too.
    with suppress(UnicodeEncodeError):
        _read_payload(sealed(text[:-8]))


def _read_payload(text: str) -> None:
    try:
        code = mpm.read(text)
    except CodeRefused:
        return
    with suppress(CodeNotWritable, CodeRefused):
        assert mpm.read(mpm.write(code)) == code
    if is_store_code(code):
        with suppress(CodeRefused):
            store = read_store_code(code)
            assert read_store_code(mpm.read(write_store_code(store))) == store


def _consumer_presented(data: bytes) -> None:
    # As text; and as the bytes that the text stands for, which changes hardly get past.
    for text in (_decoded(data), base64.b64encode(_HEADER + data).decode()):
        with suppress(CodeRefused):
            cpm.choose(cpm.read(text))


def _scanned(data: bytes) -> None:
    with suppress(CodeRefused, ConsumerCodeMalformed, OfflineCodeBroken):
        assert scanned.describe(_decoded(data))["scheme"]


def _vouchers(data: bytes) -> None:
    text = _decoded(data)
    with suppress(OfflineRefused):
        code = VoucherCode.read(text)
        assert code.text == text
        require_genuine(code, KEYS)
    with suppress(OfflineRefused):
        till = TillCode.read(text)
        assert till.text == text
        till.check(KEYS)
    with suppress(OfflineRefused):
        receipts.read_receipt(text, KEYS)
    with suppress(OfflineRefused):
        revocations.read_revocations(text, KEYS)
    for prefix in (vouchers.PREFIX, asks.PREFIX):
        # Past base45, which a fuzzer hardly gets through.
        with suppress(OfflineRefused):
            VoucherCode.read(prefix + base45.encode(data))


def _bank_file(data: bytes) -> None:
    with suppress(StatementUnreadable):
        for _piece in formats.read(io.BytesIO(data)):
            pass


def _bank_table(data: bytes) -> None:
    with suppress(StatementUnreadable):
        for _piece in formats.read(io.BytesIO(data), _PROFILE):
            pass


TARGETS = {
    "mpm": Target(
        _merchant_presented,
        tuple(
            text.encode()
            for text in (
                *(payload({"26": each}) for each in (PROMPTPAY, DUITNOW, PIX)),
                write_store_code(CORNER_SHOP),
                write_store_code(PINE_COFFEE),
            )
        ),
        (
            b"6304",
            b"5502015604",
            b"0000",
            b"99",
            b"62",
            b"***",
            b"\xd9\xa0\xd9\xa1",
            b"\xed\xa0\x80",
        ),
    ),
    "cpm": Target(
        _consumer_presented,
        (EXAMPLE.encode(), base64.b64decode(EXAMPLE)[len(_HEADER) :]),
        (b"hQVDUFYwMQ", b"=", b"//", b"\xff", b"gg", b"YQ"),
    ),
    "ours": Target(
        _scanned,
        (_DIGITS.encode(), b"281234567890123456", EXAMPLE.encode(), _TILL.encode()),
        (b"71", b"JGT1:", b"JGS1:", b"JGL1:", b"JGA1:", b"JGC1:", b"\xd9\xa0", b"\0"),
    ),
    "vouchers": Target(
        _vouchers,
        (voucher(BOTH[0]).encode(), voucher(BOTH[1]).encode(), _TILL.encode()),
        (b"JGV1:", b"JGS1:", b"JGR1:", b"JGL1:", b"::", b"\x9f", b"\xff", b"000"),
    ),
    "bank_files": Target(
        _bank_file,
        (camt(_PAPER), camt(_PAPER, version=2), mt940(_PAPER), bai2(_PAPER)),
        (
            *(b"<Ntry>", b"</Ntry>", b"<!DOCTYPE", b"]]>", b"&", b"\0", b":61:", b":86:"),
            *(b"88,", b"16,", b"2026-02-30", b'Ccy="', b"9" * 30, b"\n-\n"),
        ),
    ),
    "bank_tables": Target(_bank_table, (sheet(_PAPER),), (b'"', b",", b"\r", b"\n", b"9" * 30)),
}
