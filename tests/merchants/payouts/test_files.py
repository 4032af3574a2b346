"""Payout files: valid by the schema of ISO 20022, with exact sums, whatever stands in names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ledger.money import Money
from merchants.errors import BankAnswerUnreadable
from merchants.payouts import pain001, pain002
from merchants.payouts.numbers import check_digit, number_of, numbers_in

VERSIONS = ("pain.001.001.09", "pain.001.001.03")
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


def schema(version: str) -> etree.XMLSchema:
    """Return the schema of a message, as the package sepaxml carries it from iso20022.org."""
    text = files("sepaxml").joinpath("schemas", f"{version}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))


SCHEMAS = {version: schema(version) for version in VERSIONS}


def file_of(version: str, amounts: list[Money], holder: str = "가게") -> bytes:
    total = Money(sum(amount.minor for amount in amounts), amounts[0].currency)
    head = pain001.Head(
        message_id=number_of("PF", 1),
        version=version,
        created_at=AT,
        execute_on=date(2026, 3, 3),
        count=len(amounts),
        total=total,
        debtor=pain001.Debtor("Jigap", "100200300400", total.currency),
    )
    transfers = [
        pain001.Transfer(
            end_to_end_id=number_of("PO", serial),
            amount=amount,
            bank_code="" if serial % 2 else "090",
            account="DE89370400440532013000" if serial % 2 else "3333011234567",
            holder=holder,
            text=number_of("PO", serial),
        )
        for serial, amount in enumerate(amounts)
    ]
    return pain001.write(head, transfers)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("currency", "minors", "total"),
    [("KRW", [1_000, 2], "1002"), ("EUR", [1_050, 1], "10.51"), ("KWD", [1], "0.001")],
)
def test_files_are_valid_and_their_sums_exact(
    version: str, currency: str, minors: list[int], total: str
) -> None:
    raw = file_of(version, [Money(minor, currency) for minor in minors])
    root = etree.fromstring(raw)
    SCHEMAS[version].assertValid(root)
    assert root.findtext(".//{*}GrpHdr/{*}CtrlSum") == total
    assert root.findtext(".//{*}PmtInf/{*}CtrlSum") == total
    assert root.findtext(".//{*}GrpHdr/{*}NbOfTxs") == str(len(minors))
    ids = [element.text for element in root.iterfind(".//{*}EndToEndId")]
    assert ids == [number_of("PO", serial) for serial in range(len(minors))]


@settings(max_examples=60, deadline=None)
@given(holder=st.text(max_size=120), version=st.sampled_from(VERSIONS))
def test_no_name_makes_a_file_invalid(holder: str, version: str) -> None:
    root = etree.fromstring(file_of(version, [Money(1_000, "KRW")], holder))
    SCHEMAS[version].assertValid(root)


@pytest.mark.parametrize("holder", ["", "\x00", "\ud800", "<&>]]>", "a" * 500])
def test_names_that_xml_cannot_carry_are_written_without_it(holder: str) -> None:
    root = etree.fromstring(file_of(VERSIONS[0], [Money(1_000, "KRW")], holder))
    SCHEMAS[VERSIONS[0]].assertValid(root)


def test_numbers_carry_a_check_digit_that_a_slip_breaks() -> None:
    number = number_of("PO", 123_456_789)
    assert number == "PO1234567897"
    assert numbers_in(f"정산 {number}, {number[:-1]}3 X{number}") == [number]
    digits = number[2:]
    for place in range(10):
        wrong = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
        assert check_digit(wrong[:-1]) != wrong[-1]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<a/>",
        b"\xff\xfe",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        b"<Document><CstmrPmtStsRpt/></Document>",
    ],
)
def test_what_is_no_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(BankAnswerUnreadable):
        pain002.read(raw)
