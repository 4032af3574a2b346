"""Whatever is scanned is told apart: a store's, a payer's, another wallet's, none at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from merchants.codes.ours.store_code import write_store_code
from merchants.errors import (
    CodeRefused,
    NotMerchantPresented,
    OfflineCodeBroken,
    PayerCodeUnknown,
)
from merchants.offline.issuing import issuer
from merchants.offline.wire import base45, records
from merchants.offline.wire.receipts import Receipt
from merchants.scanned import describe
from tests.codes.cpm_samples import EXAMPLE
from tests.codes.test_store_code import PINE_COFFEE
from wallet.codes.digits import ConsumerCode
from wallet.errors import ConsumerCodeMalformed

OURS = str(ConsumerCode("12345678", "46119246"))


@pytest.mark.parametrize(
    ("text", "scheme", "name", "ours"),
    [
        (write_store_code(PINE_COFFEE), "emvco_mpm", "Jigap", True),
        (EXAMPLE, "emvco_cpm", None, False),
        (OURS, "jigap_consumer", "Jigap", True),
        ("281234567890123456", "alipay_consumer", "Alipay", False),
        ("301234567890123456789012", "alipay_consumer", "Alipay", False),
        ("134567890123456789", "wechat_pay_consumer", "WeChat Pay", False),
    ],
)
def test_each_kind_is_known(text: str, scheme: str, name: str | None, ours: object) -> None:
    said = describe(text)
    assert (said["scheme"], said["scheme_name"], said["ours"]) == (scheme, name, ours)


def test_a_payers_code_is_not_given_away() -> None:
    said = describe(OURS)
    assert said["handle"] == "12345678"
    assert "46119246" not in str(said)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (OURS[:-1] + str((int(OURS[-1]) + 1) % 10), ConsumerCodeMalformed),
        ("990000000000000000", PayerCodeUnknown),
        ("28123456789", PayerCodeUnknown),
        ("0002010102", PayerCodeUnknown),
        ("2812", NotMerchantPresented),
        ("https://example.com", NotMerchantPresented),
        ("JGV1:", OfflineCodeBroken),
        ("JGR1:BB8", OfflineCodeBroken),
    ],
)
def test_what_is_none_of_them_says_so(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        describe(text)


@override_settings(OFFLINE_SECRETS=["o" * 40])
def test_a_receipt_says_whether_it_is_genuine() -> None:
    said = Receipt(issuer().key_id, b"TILLTILL", b"NONCE123", 12_000, "KRW", 1_772_420_400, "26")
    signature = issuer().key.sign(said.signed)

    genuine, forged = describe(said.text(signature)), describe(said.text(b"x" * 64))

    assert (genuine["scheme"], genuine["ours"]) == ("jigap_receipt", True)
    assert (genuine["genuine"], forged["genuine"]) == (True, False)
    assert genuine["receipt"] == forged["receipt"]


@pytest.mark.parametrize("prefix", ["JGT1:", "JGV1:", "JGS1:", "JGR1:", "JGL1:", "JGA1:", "JGC1:"])
@given(st.binary(max_size=200), st.lists(st.binary(max_size=80), max_size=4))
def test_a_code_without_a_network_is_described_or_refused(
    prefix: str, raw: bytes, parts: list[bytes]
) -> None:
    for text in (prefix + base45.encode(raw), records.seal(prefix, parts)):
        with suppress(OfflineCodeBroken):
            assert str(describe(text)["scheme"]).startswith("jigap_")


@given(st.text("0123456789", max_size=40) | st.text(max_size=60))
def test_anything_is_described_or_refused(text: str) -> None:
    with suppress(CodeRefused, ConsumerCodeMalformed, OfflineCodeBroken):
        assert describe(text)["scheme"]
