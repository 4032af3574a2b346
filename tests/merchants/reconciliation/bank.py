"""A bank and a book that can be made to agree and to differ, one movement at a time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from django.db import transaction

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from merchants.models import (
    BankLine,
    Break,
    HouseAccount,
    MatchGroup,
    ReconciliationDay,
    Statement,
)
from merchants.reconciliation.daily import reconcile
from merchants.reconciliation.rules import DEFAULT, Rules
from merchants.statements.importing import import_file
from tests.merchants.statements.files import ACCOUNT, DAY, Move, Paper, camt
from wallet.chart import SAFEGUARDING, SUSPENSE

PATIENCE_SECONDS = 60
SEOUL = ZoneInfo("Asia/Seoul")


def at(day: date = DAY, hour: int = 12) -> datetime:
    """Return an hour of a day in Seoul."""
    return datetime.combine(day, time(hour), SEOUL)


def booked(minor: int, source: str, *, day: date = DAY, kind: str = "PAID") -> None:
    """Post a movement of the bank account, whose record is called ``source``."""
    amount = Money(abs(minor), "KRW")
    bank, other = account_id(SAFEGUARDING, "KRW"), account_id(SUSPENSE, "KRW")
    to, source_account = (bank, other) if minor > 0 else (other, bank)
    with transaction.atomic():
        post(
            kind=kind,
            reference=f"{kind.lower()}:{source}",
            legs=[debit(to, amount), credit(source_account, amount)],
            effective_at=at(day),
        )


def says(moves: Sequence[Move], *, day: date = DAY, heard: datetime | None = None) -> None:
    """Let the bank hand in the statement of a day."""
    before = Statement.objects.filter(closing_on__lt=day).order_by("-closing_on").first()
    opening = (before.closing_minor or 0) if before else 0
    number = (before.sequence or 0) + 1 if before else 1
    paper = Paper(moves, opening=opening, sequence=number, on=day, account=ACCOUNT)
    verdict = import_file(file=io.BytesIO(camt(paper)), name="camt", at=heard or at(day, 20))
    assert verdict.state == "LOADED", list(verdict.lines())


def close(day: date = DAY, rules: Rules = DEFAULT) -> ReconciliationDay:
    """Reconcile a day; return the equation of the account.

    It waits for postings that run anywhere on the server, those of other tests included.
    """
    deadline = monotonic() + PATIENCE_SECONDS
    while not (found := reconcile(day=day, at=at(day + timedelta(days=1), 3), rules=rules)):
        assert monotonic() < deadline
        sleep(0.05)
    return found[0]


def matched() -> list[tuple[str, str, int, int]]:
    """Return the live matches: rule, state, how many lines, how many movements."""
    groups = MatchGroup.objects.exclude(state__in=["REJECTED", "REVOKED"]).order_by("pk")
    return [(g.rule, g.state, g.evidence["lines"], g.evidence["movements"]) for g in groups]


def breaks() -> list[tuple[str, int, str]]:
    """Return all breaks that are not resolved: category, amount, state."""
    found = Break.objects.exclude(state="RESOLVED").order_by("pk")
    return [(one.category, one.amount_minor, one.state) for one in found]


def terms(day: ReconciliationDay) -> tuple[int, int, int, int, int, dict[str, int], int]:
    """Return ledger, out, in, unidentified, bank, breaks, residual."""
    return (
        day.ledger_closing_minor,
        day.outstanding_out_minor,
        day.outstanding_in_minor,
        day.unidentified_minor,
        day.statement_closing_minor,
        day.breaks,
        day.residual_minor,
    )


def line(minor: int) -> BankLine:
    """Return the line of an amount."""
    return BankLine.objects.select_related("statement").get(amount_minor=minor)


__all__ = ["DAY", "HouseAccount", "Move"]
