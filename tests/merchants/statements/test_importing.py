"""A file is loaded whole, once, where it ties, and stays in quarantine where it does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from merchants.models import BankLine, Statement, StatementFile
from merchants.statements.accounts import add_house_account
from merchants.statements.profiles import read_profile
from tests.merchants.statements.conftest import NOON, Take
from tests.merchants.statements.files import (
    DAY,
    PROFILE,
    Move,
    Paper,
    bai2,
    camt,
    mt940,
    sheet,
)
from wallet.chart import open_chart

MOVES = (
    Move(12_000, "R1", "PO1234567897", "order 1"),
    Move(-3_000, "R2", "E2", "order 2"),
    Move(-500, "R3", "", "fee"),
)
PAPER = Paper(MOVES, opening=100_000)


def faults(verdict: object) -> list[tuple[str, int, int | None]]:
    troubles = verdict.troubles  # type: ignore[attr-defined]
    return [(str(one.fault), one.line, one.difference_minor) for one in troubles]


def loaded() -> list[tuple[int, str, str, str]]:
    lines = BankLine.objects.order_by("line_no", "pk")
    return [(b.amount_minor, b.bank_reference, b.end_to_end_id, b.text) for b in lines]


@pytest.mark.parametrize("version", range(2, 9))
@pytest.mark.parametrize("kind", ["053", "054"])
def test_every_version_of_camt_says_the_same(take: Take, version: int, kind: str) -> None:
    verdict = take(camt(PAPER, version=version, kind=kind))
    assert (verdict.state, verdict.added, faults(verdict)) == ("LOADED", 3, [])
    assert loaded() == [(m.minor, m.reference, m.end_to_end, m.text) for m in MOVES]
    assert BankLine.objects.values_list("counterparty", flat=True).distinct().get() == "홍길동"


def test_mt940_says_the_same(take: Take) -> None:
    assert take(mt940(PAPER)).state == "LOADED"
    assert loaded() == [(m.minor, m.reference, m.end_to_end, m.text) for m in MOVES]


def test_bai2_says_the_same(take: Take) -> None:
    assert take(bai2(PAPER)).state == "LOADED"
    assert loaded() == [(m.minor, m.reference, m.end_to_end, m.text) for m in MOVES]


def test_csv_says_the_same_by_its_profile(take: Take) -> None:
    assert take(sheet(PAPER), profile=read_profile(PROFILE)).state == "LOADED"
    assert loaded() == [(m.minor, m.reference, m.end_to_end, m.text) for m in MOVES]


def test_a_reversed_credit_takes_money_away_and_a_reversed_debit_brings_it_back(
    take: Take,
) -> None:
    back = (Move(700, "R1", return_reason="AC04"), Move(-200, "R2", return_reason="AC04"))
    assert take(mt940(Paper(back))).state == "LOADED"
    found = BankLine.objects.order_by("pk").values_list("amount_minor", "is_reversal")
    assert list(found) == [(700, True), (-200, True)]


def test_currencies_with_decimals_are_read_into_minor_units(take: Take) -> None:
    open_chart("GBP")
    add_house_account(
        number="GB82WEST12345698765432", currency="GBP", purpose="OPERATING", at=NOON
    )
    paper = Paper((Move(1_050, "R1"),), account="GB82 WEST 1234 5698 7654 32", currency="GBP")
    for data in (camt(paper), mt940(paper)):
        assert take(data).state == "LOADED"
    assert BankLine.objects.get().amount_minor == 1_050


def test_a_file_that_does_not_tie_goes_to_quarantine_with_the_difference(take: Take) -> None:
    data = camt(Paper(MOVES, opening=100_000, closing=108_490))
    verdict = take(data)
    assert verdict.state == "QUARANTINED"
    assert faults(verdict) == [("DOES_NOT_TIE", 5, -10)]
    assert (BankLine.objects.count(), Statement.objects.count()) == (0, 0)
    kept = StatementFile.objects.get()
    assert kept.troubles[0]["difference_minor"] == -10
    assert take(data).state == "QUARANTINED"


@pytest.mark.parametrize("write", [mt940, bai2])
def test_no_format_may_fail_to_tie(take: Take, write: object) -> None:
    verdict = take(write(Paper(MOVES, closing=8_499)))  # type: ignore[operator]
    assert faults(verdict)[0][::2] == ("DOES_NOT_TIE", -1)
    assert not BankLine.objects.exists()


def test_a_row_whose_balance_does_not_follow_is_named(take: Take) -> None:
    data = sheet(PAPER).replace(b'"109,000"', b'"109,001"')
    verdict = take(data, profile=read_profile(PROFILE))
    assert faults(verdict) == [("UNREADABLE", 3, None)]
    assert "(+1)" in verdict.troubles[0].message


def test_one_bad_statement_keeps_the_whole_file_out(take: Take) -> None:
    good = Paper(MOVES, sequence=1)
    bad = Paper(MOVES, opening=8_500, closing=1, sequence=2, on=DAY + timedelta(days=1))
    verdict = take(camt(good, bad))
    assert verdict.state == "QUARANTINED"
    assert (BankLine.objects.count(), Statement.objects.count()) == (0, 0)


def test_the_same_file_again_adds_nothing(take: Take) -> None:
    take(camt(PAPER))
    again = take(camt(PAPER))
    assert (again.state, again.is_known, again.added) == ("LOADED", True, 0)
    assert (BankLine.objects.count(), StatementFile.objects.count()) == (3, 1)


@pytest.mark.parametrize("version", [2, 8])
def test_the_same_statement_in_another_file_adds_nothing(take: Take, version: int) -> None:
    take(camt(PAPER, version=3))
    again = take(camt(PAPER, version=version))
    assert (again.state, again.is_known, again.added) == ("LOADED", True, 0)
    assert (BankLine.objects.count(), Statement.objects.count()) == (3, 1)


def test_a_statement_may_not_come_again_with_another_content(take: Take) -> None:
    take(camt(PAPER))
    other = Paper((*MOVES[:2], Move(-500, "R9")), opening=100_000)
    assert [fault for fault, *_ in faults(take(camt(other)))] == ["CONTENT_DIFFERS"]


def test_entries_of_one_statement_do_not_come_on_another(take: Take) -> None:
    take(camt(PAPER))
    tomorrow = Paper((MOVES[0],), opening=108_500, sequence=2, on=DAY + timedelta(days=1))
    verdict = take(camt(tomorrow))
    assert [fault for fault, *_ in faults(verdict)] == ["ENTRIES_KNOWN"]
    assert BankLine.objects.count() == 3


def test_what_a_notification_told_of_is_the_statement_s_own_line(take: Take) -> None:
    assert take(camt(PAPER, kind="054")).added == 3
    assert not BankLine.objects.filter(statement__isnull=False).exists()
    assert take(camt(PAPER, kind="053")).added == 0
    assert BankLine.objects.filter(statement__is_booked=True).count() == 3


def test_the_same_reference_twice_on_one_statement_is_two_movements(take: Take) -> None:
    twice = Paper((MOVES[1], MOVES[1]), opening=9_000)
    assert take(camt(twice)).added == 2
    assert list(BankLine.objects.order_by("pk").values_list("occurrence", flat=True)) == [1, 2]


def test_a_batch_is_taken_apart_where_its_parts_add_up(take: Take) -> None:
    whole = Move(-900, "R1", batch="PR1", parts=((-400, "PO1"), (-500, "PO2")))
    short = Move(-900, "R2", batch="PR2", parts=((-400, "PO3"), (-400, "PO4")))
    assert take(camt(Paper((whole, short), opening=5_000))).state == "LOADED"
    found = BankLine.objects.order_by("pk").values_list(
        "amount_minor", "end_to_end_id", "batch_id"
    )
    assert list(found) == [(-400, "PO1", "PR1"), (-500, "PO2", "PR1"), (-900, "", "PR2")]


def test_a_gap_in_the_numbers_is_found_and_told(take: Take) -> None:
    take(camt(PAPER))
    later = Paper((Move(1, "R7"),), opening=120_000, sequence=4, on=DAY + timedelta(days=3))
    verdict = take(camt(later))
    assert verdict.state == "LOADED"
    assert "(+11500)" in verdict.sections[0].gap


def test_neighbours_whose_balances_do_not_join_are_refused(take: Take) -> None:
    take(camt(PAPER))
    next_one = Paper((Move(1, "R7"),), opening=120_000, sequence=2, on=DAY + timedelta(days=1))
    assert [one[::2] for one in faults(take(camt(next_one)))] == [("OPENING_DIFFERS", 11_500)]


def test_a_statement_that_comes_late_must_fit_between_its_neighbours(take: Take) -> None:
    take(camt(Paper((Move(5, "R1"),), sequence=1)))
    take(camt(Paper((Move(5, "R3"),), opening=25, sequence=3, on=DAY + timedelta(days=2))))
    middle = DAY + timedelta(days=1)
    wrong = Paper((Move(19, "R2"),), opening=5, sequence=2, on=middle)
    assert [one[::2] for one in faults(take(camt(wrong)))] == [("OPENING_DIFFERS", 1)]
    right = Paper((Move(20, "R2"),), opening=5, sequence=2, on=middle)
    assert take(camt(right)).sections[0].gap == ""


def test_a_statement_of_another_account_or_currency_is_refused(take: Take) -> None:
    foreign = take(camt(Paper(MOVES, account="999")))
    assert faults(foreign) == [("UNKNOWN_ACCOUNT", 5, None)]
    other = take(camt(Paper(MOVES, currency="JPY")))
    assert [fault for fault, *_ in faults(other)] == ["WRONG_CURRENCY"]
    mixed = camt(PAPER).replace(b'<Amt Ccy="KRW">3000', b'<Amt Ccy="USD">3000', 1)
    assert faults(take(mixed))[0][:2] == ("WRONG_CURRENCY", 7)
    assert not BankLine.objects.exists()


def test_a_quarantined_file_is_loaded_once_its_account_is_known(take: Take) -> None:
    data = camt(Paper(MOVES, account="77123", currency="KRW"))
    assert take(data).state == "QUARANTINED"
    add_house_account(number="77-123", currency="KRW", purpose="OPERATING", at=NOON)
    assert take(data).state == "LOADED"


def test_days_that_there_are_not_are_named_with_their_line(take: Take) -> None:
    bad = camt(PAPER).replace(b"<BookgDt><Dt>2026-03-02", b"<BookgDt><Dt>2026-02-30", 1)
    assert faults(take(bad)) == [("UNREADABLE", 6, None)]
    bad = mt940(PAPER).replace(b":61:260302", b":61:260230", 1)
    assert faults(take(bad)) == [("UNREADABLE", 5, None)]
    bad = bai2(PAPER).replace(b",260302,2200,KRW", b",260230,2200,KRW", 1)
    assert faults(take(bad)) == [("UNREADABLE", 2, None)]
    bad = sheet(PAPER).replace(b"2026-03-02", b"2026-02-30", 1)
    assert faults(take(bad, profile=read_profile(PROFILE))) == [("UNREADABLE", 2, None)]


def test_an_entry_after_the_closing_balance_is_refused(take: Take) -> None:
    late = Paper((Move(1, "R1", on=DAY + timedelta(days=1)),))
    assert [fault for fault, *_ in faults(take(camt(late)))] == ["DATE_OUTSIDE"]


@pytest.mark.parametrize("write", [camt, mt940, bai2])
def test_a_file_that_was_cut_off_is_refused_wherever_that_happened(
    take: Take, write: object
) -> None:
    data: bytes = write(PAPER)  # type: ignore[operator]
    for end in range(1, len(data.rstrip(b"-\r\n/")) - 1, max(1, len(data) // 25)):
        assert take(data[:end]).is_refused, data[:end]
    assert not BankLine.objects.exists()


def test_a_dry_run_keeps_nothing(take: Take) -> None:
    verdict = take(camt(PAPER), is_dry_run=True)
    assert (verdict.state, verdict.added) == ("VALIDATED", 3)
    assert (StatementFile.objects.count(), BankLine.objects.count()) == (0, 0)
    bad = take(camt(Paper(MOVES, closing=1)), is_dry_run=True)
    assert bad.is_refused
    assert not StatementFile.objects.exists()


def test_pending_entries_do_not_count(take: Take) -> None:
    data = camt(PAPER).replace(b"<Sts><Cd>BOOK", b"<Sts><Cd>PDNG", 1)
    data = data.replace(b">108500</Amt>", b">96500</Amt>")
    verdict = take(data)
    assert (verdict.state, verdict.sections[0].skipped) == ("LOADED", 1)
    assert BankLine.objects.count() == 2


def test_a_new_year_begins_with_number_one(take: Take) -> None:
    take(camt(Paper((Move(5, "R1"),), sequence=365, on=date(2026, 12, 31))))
    first = Paper((Move(5, "R2"),), opening=5, sequence=1, on=date(2027, 1, 4))
    verdict = take(camt(first))
    assert (verdict.state, verdict.sections[0].gap) == ("LOADED", "")
