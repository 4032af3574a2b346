"""Monthly statements: they agree with the ledger to the unit, and every format with the others."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from ledger.balances import balance_at
from ledger.models import Entry
from tests.wallet.activity.books import fill, move
from tests.wallet.people import Caller, won
from wallet.activity import documents, statements
from wallet.activity.spreadsheet import harmless
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")
MICROSECOND = timedelta(microseconds=1)
APRIL = datetime(2026, 4, 1, tzinfo=SEOUL)
MAY = datetime(2026, 5, 1, tzinfo=SEOUL)


@pytest.fixture
def april(alice: Wallet) -> Wallet:
    """Alice's wallet, open since March, with entries on both limits of April."""
    Wallet.objects.filter(pk=alice.pk).update(opened_at=APRIL - timedelta(days=20))
    move(alice, 1_000, APRIL - MICROSECOND, memo="3월의 끝")
    move(alice, 20_000, APRIL, counterparty="+821087654321", memo="=1+1")
    move(alice, -300, APRIL + timedelta(days=9), counterparty="스타벅스 강남점", memo="커피")
    move(alice, -7_000, MAY - MICROSECOND, counterparty="@shop", memo="\tx")
    move(alice, -50, MAY, memo="5월의 시작")
    alice.refresh_from_db()
    return alice


def asked(wallet: Wallet, month: str) -> Any:
    return Caller(wallet).get(f"/wallets/{wallet.public_id}/statements/{month}")


def cells(wallet: Wallet, month: str) -> list[list[str]]:
    answer = asked(wallet, f"{month}.csv?lang=en")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def printed(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "\n".join(page.extract_text() for page in pages)


def test_a_month_ends_at_midnight_in_seoul(april: Wallet) -> None:
    body = asked(april, "2026-04").json()
    assert body["opening"] == won("1000")
    assert (body["money_in"], body["money_out"]) == (won("20000"), won("7300"))
    assert body["closing"] == won("13700")
    assert (body["count"], body["is_complete"]) == (3, True)
    assert body["kinds"] == [
        {"kind": "TRANSFER", "count": 3, "money_in": won("20000"), "money_out": won("7300")}
    ]
    assert datetime.fromisoformat(body["start"]) == APRIL
    assert datetime.fromisoformat(body["end"]) == MAY


def test_months_follow_one_another(april: Wallet) -> None:
    march, this, may = (asked(april, f"2026-0{number}").json() for number in (3, 4, 5))
    assert march["closing"] == this["opening"]
    assert this["closing"] == may["opening"]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moves=st.lists(
        st.tuples(st.integers(-400, 900).filter(bool), st.integers(0, 61 * 24 * 60)), max_size=12
    )
)
def test_every_statement_agrees_with_the_ledger(
    april: Wallet, moves: list[tuple[int, int]]
) -> None:
    for minor, minutes in moves:
        move(april, minor, APRIL - timedelta(days=15) + timedelta(minutes=minutes))
    body = asked(april, "2026-04").json()
    own = Entry.objects.filter(account=april.available_account_id)
    # Recomputed here from nothing but the entries; a liability's normal side is the credit.
    before = own.filter(effective_at__lt=APRIL).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    within = own.filter(effective_at__gte=APRIL, effective_at__lt=MAY)
    moved = within.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    assert body["opening"] == won(str(-before))
    assert body["closing"] == won(str(-before - moved))
    closing = balance_at(april.available_account_id, MAY - MICROSECOND)
    assert body["closing"] == won(closing.to_major())
    rows = cells(april, "2026-04")
    assert len(rows) == body["count"] + 3
    running = -before
    for row in rows[2:-1]:
        running += int(row[5] or 0) - int(row[6] or 0)
        assert row[7] == str(running)
    assert rows[-1][7] == body["closing"]["amount"]


def test_a_spreadsheet_is_given_no_formula(april: Wallet) -> None:
    rows = cells(april, "2026-04")
    assert rows[0] == [
        *("Entry", "Date and time", "Transaction", "Counterparty", "Memo", "In", "Out"),
        *("Balance", "Currency"),
    ]
    assert rows[1][1:3] + rows[1][7:] == ["2026-04-01 00:00:00", "Opening balance", "1000", "KRW"]
    assert rows[2][1:] == [
        *("2026-04-01 00:00:00", "Transfer received", "'+82 ****-4321", "'=1+1"),
        *("20000", "", "21000", "KRW"),
    ]
    assert rows[4][3:5] == ["'@shop", "'\tx"]
    assert rows[-1][2] == "Closing balance"


@given(st.text(max_size=12))
def test_no_cell_starts_like_a_formula(text: str) -> None:
    made = harmless(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made.removeprefix("'") == text.removeprefix("'")


def test_the_printed_statement_says_the_same_in_both_languages(april: Wallet) -> None:
    korean = printed(asked(april, "2026-04.pdf"))
    for part in ("거래 내역서", "기초 잔액", "1,000원", "스타벅스 강남점", "커피", "13,700원"):
        assert part in korean
    for other in ("3월의 끝", "5월의 시작"):
        assert other not in korean
    english = printed(asked(april, "2026-04.pdf?lang=en"))
    for part in ("Account statement", "Opening balance", "KRW 1,000", "-7,000", "KRW 13,700"):
        assert part in english


def test_the_language_is_the_browsers_where_the_address_has_none(april: Wallet) -> None:
    path = f"/api/v1/wallets/{april.public_id}/statements/2026-04.pdf"
    caller = Caller(april).client
    for accepted, word in (("en-GB,ko;q=0.5", "statement"), ("fr", "내역서"), ("ko", "내역서")):
        answer = caller.get(path, headers={"Accept-Language": accepted, "Accept": "text/html"})
        assert word in printed(answer)


def test_a_long_statement_has_its_columns_on_each_page(april: Wallet) -> None:
    for number in range(60):
        move(april, 1, APRIL + timedelta(minutes=number), memo="\U0001f600 memo \u202e")
    pages = PdfReader(io.BytesIO(asked(april, "2026-04.pdf?lang=en").content)).pages
    assert len(pages) == 2
    assert all("Counterparty" in page.extract_text() for page in pages)
    assert "□ memo □" in pages[0].extract_text()


def test_what_is_too_long_to_print_is_still_calculated_with(
    april: Wallet,
) -> None:
    now = timezone.now()
    entries = 2 * documents.MOST_LINES + 10
    fill(april, entries)
    # The seconds that were filled may lie in two months.
    months = sorted(
        {f"{t.astimezone(SEOUL):%Y-%m}" for t in (now, now - timedelta(seconds=entries))}
    )
    rows = [row for month in months for row in cells(april, month)[2:-1]]
    filled = [row for row in rows if row[5] == "1"]
    assert len(filled) == entries
    assert len({row[0] for row in filled}) == entries
    fullest = max(months, key=lambda month: len(cells(april, month)))
    answer = asked(april, f"{fullest}.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "statement_too_long")


def test_the_month_under_way_is_a_statement_so_far(alice: Wallet) -> None:
    month = f"{timezone.now().astimezone(SEOUL):%Y-%m}"
    body = asked(alice, month).json()
    assert body["is_complete"] is False
    assert body["closing"] == won("50000")
    assert "So far" in cells(alice, month)[-1]


@pytest.mark.parametrize("form", ["", ".csv", ".pdf"])
@pytest.mark.parametrize(
    ("month", "status", "code"),
    [
        ("2026-13", 400, "invalid_month"),
        ("2026-00", 400, "invalid_month"),
        ("2026-4", 400, "invalid_month"),
        ("٢٠٢٦-٠٤", 400, "invalid_month"),
        ("9999-12", 400, "invalid_month"),
        ("0001-01", 400, "invalid_month"),
        ("2026-04%00", 400, "invalid_month"),
        ("' OR 1=1", 400, "invalid_month"),
        ("2099-12", 404, "statement_not_yet"),
        ("2026-02", 404, "no_statement"),
        ("2000-01", 404, "no_statement"),
    ],
)
def test_a_month_without_a_statement_is_refused_with_a_code(
    april: Wallet, month: str, status: int, code: str, form: str
) -> None:
    answer = asked(april, f"{month}{form}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("form", ["", ".csv", ".pdf"])
def test_a_strangers_statement_is_not_there(april: Wallet, bob: Wallet, form: str) -> None:
    for wallet_id in (april.public_id, uuid.uuid4()):
        answer = Caller(bob).get(f"/wallets/{wallet_id}/statements/2026-04{form}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_statement_costs_a_bounded_number_of_queries(
    april: Wallet, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        move(april, 1, APRIL)
    month = statements.summarise(wallet=april, month="2026-04", at=MAY)
    with django_assert_max_num_queries(1):
        lines = list(statements.lines(wallet=april, month=month.month, opening=month.opening))
    assert len(lines) == 33
    with django_assert_max_num_queries(0):
        assert documents.statement_pdf(april, month, iter(lines), "ko").startswith(b"%PDF")


@pytest.fixture
def entry(april: Wallet) -> Entry:
    return Entry.objects.get(account=april.available_account_id, amount_minor=300)


def test_a_receipt_shows_one_entry(april: Wallet, entry: Entry) -> None:
    path = f"/wallets/{april.public_id}/activity/{entry.pk}/receipt"
    body = Caller(april).get(f"{path}?lang=en").json()
    assert body["number"] == f"260410-{entry.pk}"
    assert (body["title"], body["amount"]) == ("Transfer sent", won("-300"))
    assert (body["counterparty"], body["memo"]) == ("스타벅스 강남점", "커피")
    assert body["thing"]["type"] == "transfer"
    korean = printed(Caller(april).get(f"{path}.pdf"))
    for part in (
        "거래 확인증",
        "보낸 송금",
        "-300원",
        "스타벅스 강남점",
        "2026-04-10 00:00:00 KST",
    ):
        assert part in korean
    english = printed(Caller(april).get(f"{path}.pdf?lang=en"))
    assert "Transfer sent" in english


@pytest.mark.parametrize("form", ["", ".pdf"])
def test_a_receipt_of_anything_else_is_not_there(
    april: Wallet, bob: Wallet, entry: Entry, form: str
) -> None:
    others = Entry.objects.exclude(account=april.available_account_id).first()
    assert others is not None
    for entry_id in (others.pk, 0, 10**30):
        path = f"/wallets/{april.public_id}/activity/{entry_id}/receipt{form}"
        assert Caller(april).get(path).status_code == 404
    for wallet in (april, bob):
        path = f"/wallets/{wallet.public_id}/activity/{entry.pk}/receipt{form}"
        assert Caller(bob).get(path).status_code == 404
