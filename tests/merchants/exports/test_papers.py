"""Settlement statements and fee invoices, read back from the PDF."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from merchants.exports.papers.statement import statement_pdf
from merchants.exports.papers.words import word
from merchants.models import Store
from merchants.states import LineType, SettlementState
from tests.merchants.cast import Member
from tests.merchants.settlement.days import NOON, close, sell, settled, take_back
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(alice: Wallet, corner_shop: Store) -> None:
    number = sell(alice, corner_shop, 10_000)
    take_back(number, 4_000, NOON + timedelta(minutes=2))
    close(corner_shop)


def read(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", ("정산 명세서", "모퉁이가게", "5,807원", "환불", "지급 예정")),
        ("en", ("Settlement statement", "모퉁이가게", "KRW 5,807", "Refund", "To be paid")),
    ],
)
def test_a_statement_leads_from_payments_to_what_is_paid(
    day: None, owner: Member, language: str, words: tuple[str, ...]
) -> None:
    settlement = settled()
    path = f"/merchant/settlements/{settlement.pk}/statement?language={language}"
    answer = owner.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = read(answer.content)
    for expected in (*words, f"S{settlement.pk}", "10,000", "-4,000", settlement.content_sha256):
        assert expected in text, expected
    assert owner.get(f"{path}x").status_code == 400


def test_an_invoice_has_the_fees_of_the_month(
    day: None, owner: Member, corner_shop: Store
) -> None:
    answer = owner.get("/merchant/invoices/2026-03?language=en")
    text = read(answer.content)
    number = f"FI202603-{corner_shop.merchant.public_id}"
    for expected in ("Fee invoice", number, "2026-03-02", "KRW 175", "KRW 18", "KRW 193"):
        assert expected in text, expected
    for absent in ("2026-04", "2026-02-30", "2026-13", "x", "9" * 60):
        assert owner.get(f"/merchant/invoices/{absent}").status_code == 404


def test_a_long_statement_has_its_columns_on_each_page(alice: Wallet, corner_shop: Store) -> None:
    for minute in range(60):
        sell(alice, corner_shop, 100, NOON + timedelta(minutes=minute))
    close(corner_shop)
    pages = PdfReader(io.BytesIO(statement_pdf(settled(), "en"))).pages
    assert len(pages) == 2
    assert all("Transaction" in page.extract_text() for page in pages)


def test_the_command_writes_both(day: None, corner_shop: Store, tmp_path: Path) -> None:
    out, merchant = tmp_path / "a.pdf", corner_shop.merchant.public_id
    call_command("settlement_paper", "statement", str(settled().pk), "--out", str(out))
    assert "정산 명세서" in read(out.read_bytes())
    call_command("settlement_paper", "invoice", merchant, "2026-03", "--out", str(out))
    assert "수수료 청구서" in read(out.read_bytes())
    with pytest.raises(CommandError, match="no fees"):
        call_command("settlement_paper", "invoice", merchant, "2026-04")
    with pytest.raises(CommandError, match="period_month_invalid"):
        call_command("settlement_paper", "invoice", merchant, "2026-02-30")
    with pytest.raises(CommandError, match="no settlement"):
        call_command("settlement_paper", "statement", "1")


def test_every_kind_of_line_and_state_has_its_word() -> None:
    own = {"FEE", "FEE_REFUND", "VAT", "CARRY_IN", "CARRY_OUT", "MIN_HOLD", "MIN_RELEASE"}
    own |= {"RESERVE_HOLD", "RESERVE_RELEASE"}
    for name in (*(set(LineType.values) - own), *SettlementState.values):
        assert word(name, "en") != name or name in {"OPEN", "CLOSING", "CALCULATED", "CANCELLED"}
