"""What others wrote does nothing in a spreadsheet, and can be read back."""

from __future__ import annotations

import pytest
from django.db import connection

from ledger.money import Money
from merchants.exports.cells import Column, amount, instant, local, reference, text

pytestmark = pytest.mark.django_db
_FULL_WIDTH = "\uff1dcmd|' /C calc'!A0"


def cell(column: Column, value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute(f"SELECT {column.sql} FROM (SELECT %s::text AS x) AS t", [value])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "risky",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "00123",
        "123456789012345678",
        "1E5",
        "3-1",
        "'quoted",
        '"',
        ";=1+1",
        " =1+1",
        _FULL_WIDTH,
        "\uff0b1",
    ],
)
def test_what_a_spreadsheet_would_take_for_something_else_is_led_by_an_apostrophe(
    risky: str,
) -> None:
    assert cell(text("a", "x"), risky) == f"'{risky}"
    assert cell(reference("a", "x"), risky) == f"'{risky}"


@pytest.mark.parametrize("harmless", ["", "Corner Shop", "모퉁이가게", "order-12", "A=1", "😀"])
def test_other_texts_stay_as_they_are(harmless: str) -> None:
    assert cell(text("a", "x"), harmless) == cell(reference("a", "x"), harmless) == harmless


@pytest.mark.parametrize("dated", ["MAR1", "sept-2", "Dec 24", "TRUE", "false"])
def test_an_id_is_neither_a_date_nor_a_truth_value(dated: str) -> None:
    assert cell(reference("a", "x"), dated) == f"'{dated}"


def test_no_cell_begins_a_line_or_turns_a_text_round() -> None:
    assert cell(text("a", "x"), "a\r\n=1\tb\x7f\u202ec") == "a  =1 b  c"
    assert cell(text("a", "x"), "\t=1") == "' =1"


@pytest.mark.parametrize(
    ("minor", "currency"), [(-105, "KRW"), (-105, "CNY"), (7, "CNY"), (1_234_567, "KWD")]
)
def test_an_amount_has_the_digits_of_its_currency(minor: int, currency: str) -> None:
    decimal, whole = amount("a", str(minor), f"'{currency}'")
    assert cell(decimal, "") == Money(minor, currency).to_major()
    assert (cell(whole, ""), whole.name) == (str(minor), "a_minor")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Seoul", "2026-07-02T12:00:00.25+09:00"),
        ("America/New_York", "2026-07-01T23:00:00.25-04:00"),
        ("Asia/Kathmandu", "2026-07-02T08:45:00.25+05:45"),
        ("UTC", "2026-07-02T03:00:00.25+00:00"),
    ],
)
def test_an_instant_has_its_offset(zone: str, shown: str) -> None:
    when = "TIMESTAMPTZ '2026-07-02 12:00:00.25+09'"
    assert cell(local("a", when, f"'{zone}'"), "") == shown
    assert cell(instant("a", when), "") == "2026-07-02T03:00:00.25+00:00"
