"""Faults of form that codes in print have: waived for whom they are known, for nobody else."""

import pytest

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm.schemes import Tolerance
from merchants.codes.mpm.tlv import DataObject
from merchants.errors import (
    CodeChecksumWrong,
    CodeNotWritable,
    CodeObjectDuplicated,
    CodeRefused,
)
from tests.codes.payloads import (
    BHARAT_QR,
    DUITNOW,
    OURS,
    PIX,
    PROMPTPAY,
    QRIS,
    VIETQR,
    payload,
    sealed,
)

UNNAMED: dict[str, str | None] = {"52": None, "59": None, "60": None}
THREE_MISSING = (Tolerance.NO_CATEGORY, Tolerance.NO_NAME, Tolerance.NO_CITY)

KNOWN: list[tuple[str, dict[str, str | None], tuple[Tolerance, ...]]] = [
    (PROMPTPAY, UNNAMED, THREE_MISSING),
    (VIETQR, UNNAMED, THREE_MISSING),
    (DUITNOW, {"00": "02"}, (Tolerance.FORMAT_02,)),
    (DUITNOW, {"82": "3c10e7b548543bc94628906e095bd79f"}, (Tolerance.RAW_UNRESERVED,)),
    (PIX, {"60": "São Paulo"}, (Tolerance.ACCENTED_CITY,)),
    (PIX, {"59": "x" * 26}, (Tolerance.LONG_NAME,)),
    (QRIS, {"59": "x" * 26}, (Tolerance.LONG_NAME,)),
]


@pytest.mark.parametrize(("account", "fault", "expected"), KNOWN)
def test_a_known_fault_is_waived_and_reported(
    account: str, fault: dict[str, str | None], expected: tuple[Tolerance, ...]
) -> None:
    assert mpm.read(payload({"26": account, **fault})).tolerated == expected


@pytest.mark.parametrize(("_account", "fault", "_expected"), KNOWN)
@pytest.mark.parametrize("account", [OURS, "0009app.other0104ACCT", BHARAT_QR])
def test_the_same_fault_is_refused_from_anybody_else(
    account: str,
    _account: str,
    fault: dict[str, str | None],
    _expected: tuple[Tolerance, ...],
) -> None:
    with pytest.raises(CodeRefused):
        mpm.read(payload({"26": account, **fault}))


@pytest.mark.parametrize(("account", "fault", "_expected"), KNOWN)
def test_nothing_is_waived_in_a_code_that_is_also_ours(
    account: str, fault: dict[str, str | None], _expected: tuple[Tolerance, ...]
) -> None:
    with pytest.raises(CodeRefused):
        mpm.read(payload({"26": OURS, "27": account, **fault}))


def lower_cased(text: str) -> str:
    assert text[-4:] != text[-4:].lower(), "the checksum of this example has no letters"
    return text[:-4] + text[-4:].lower()


def test_a_checksum_in_lower_case_is_waived_for_bharat_qr() -> None:
    text = lower_cased(payload({"26": BHARAT_QR}))

    assert mpm.read(text).tolerated == (Tolerance.LOWER_CASE_CHECKSUM,)


@pytest.mark.parametrize("account", [OURS, "0009app.other0104ACCT", PIX])
def test_a_checksum_in_lower_case_is_refused_from_anybody_else(account: str) -> None:
    with pytest.raises(CodeRefused):
        mpm.read(lower_cased(payload({"26": account})))


def test_raw_data_in_an_unreserved_object_is_kept() -> None:
    code = mpm.read(payload({"26": DUITNOW, "82": "3c10e7b5"}))

    assert code.ignored == (DataObject("82", "3c10e7b5"),)
    assert code.unreserved == ()


def test_identifiers_compare_without_case() -> None:
    account = PIX.replace("br.gov.bcb.pix", "BR.GOV.BCB.PIX")

    assert mpm.read(payload({"26": account, "60": "Brasília"})).tolerated


@pytest.mark.parametrize("account", [PROMPTPAY, VIETQR, DUITNOW, BHARAT_QR, PIX, QRIS])
@pytest.mark.parametrize(
    "fault",
    [
        {"54": "1,00"},
        {"54": "0"},
        {"54": "10.001"},
        {"53": None},
        {"58": None},
        {"00": "03"},
        {"59": "x" * 27},
        {"60": "ã" * 16},
        {"27": "0104ACCT"},
    ],
)
def test_nothing_about_payee_or_amount_is_ever_waived(
    account: str, fault: dict[str, str | None]
) -> None:
    with pytest.raises(CodeRefused):
        mpm.read(payload({"26": account, **fault}))


@pytest.mark.parametrize("account", [PROMPTPAY, VIETQR, DUITNOW, BHARAT_QR, PIX, QRIS])
def test_neither_a_wrong_checksum_nor_a_second_account_is_ever_waived(account: str) -> None:
    text = payload({"26": account})

    with pytest.raises(CodeChecksumWrong):
        mpm.read(text[:-4] + ("0000" if text[-4:] != "0000" else "0001"))
    with pytest.raises(CodeObjectDuplicated):
        mpm.read(sealed(text[:-8] + "26" + f"{len(account):02d}" + account))


def test_what_was_read_with_tolerance_is_not_emitted() -> None:
    code = mpm.read(payload({"26": PIX, "60": "São Paulo"}))

    with pytest.raises(CodeRefused):
        mpm.write(code)


def test_a_code_that_merely_claims_a_tolerance_is_not_emitted() -> None:
    code = mpm.read(payload({"26": PIX, "60": "São Paulo"}))

    with pytest.raises(CodeNotWritable):
        mpm.write(
            mpm.MerchantPresentedCode(
                accounts=code.accounts,
                currency=code.currency,
                country=code.country,
                merchant_category_code=code.merchant_category_code,
                merchant_name=code.merchant_name,
                merchant_city="Sao Paulo",
                tolerated=code.tolerated,
            )
        )
