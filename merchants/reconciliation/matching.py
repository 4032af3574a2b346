"""Running the seven passes over what is open: each claims what it finds, the surest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection

from ledger.horizon import settled_through
from merchants.models import ReconciliationRun
from merchants.reconciliation.expecting import expect, expected_through
from merchants.reconciliation.passes import exact, guesses
from merchants.reconciliation.passes.claiming import begin, claim
from merchants.reconciliation.rules import DEFAULT, VERSION, Rules
from wallet.idempotency import use_case

_ALL_CLAIMED = """
    UPDATE merchants_statementfile AS f SET state = 'MATCHED'
    WHERE f.state = 'LOADED' AND NOT EXISTS (
        SELECT FROM merchants_statement AS s
        INNER JOIN merchants_bankline AS b ON b.told_by_id = s.id OR b.statement_id = s.id
        WHERE s.file_id = f.id AND NOT EXISTS (
            SELECT FROM merchants_matchclaim AS c WHERE c.line_id = b.id AND c.is_live
        )
    )
"""


def _passes(rules: Rules) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("P1", exact.by_end_to_end_id),
        ("P1", exact.by_bank_reference),
        ("P2", exact.by_text),
        ("P1", exact.taken_back),
        ("P3", exact.one_line_of_a_batch),
        ("P4", exact.lines_of_one),
        ("P4", exact.lines_of_a_batch),
        ("P5", guesses.by_amount_and_day),
        ("P6", guesses.by_sum),
        ("P7", lambda: exact.within_tolerance(rules)),
    ]


class _Undo(Exception):  # noqa: N818 - not an error: it carries what a dry run found.
    def __init__(self, run: ReconciliationRun) -> None:
        super().__init__(run)
        self.run = run


def match(
    *, day: date, at: datetime, rules: Rules = DEFAULT, is_dry_run: bool = False
) -> ReconciliationRun | None:
    """Match what the bank said up to a day with what was expected of it.

    May be run again at any time: what is claimed stays so. A dry run says what it would claim.

    Returns:
        The run with its counts; None when postings are still under way.

    """
    through_id = settled_through()
    if through_id is None:
        return None
    try:
        return _match(day=day, through_id=through_id, rules=rules, is_dry_run=is_dry_run, at=at)
    except _Undo as undone:
        return undone.run


@use_case
def _match(
    *, day: date, through_id: int, rules: Rules, is_dry_run: bool, at: datetime
) -> ReconciliationRun:
    with connection.cursor() as cursor:
        # One at a time: two would reach for the same lines.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('merchants.reconciliation'))")
    after_id = expected_through()
    run = ReconciliationRun.objects.create(
        day=day,
        through_id=max(through_id, after_id),
        rule_version=VERSION,
        began_at=at,
    )
    expect(after_id=after_id, through_id=run.through_id)
    begin(day=day)
    for rule, find in _passes(rules):
        find()
        made = claim(rule=rule, run_id=run.pk, rules=rules, at=at)
        run.counts[rule] = run.counts.get(rule, 0) + made
    run.match_count = sum(run.counts.values())
    run.save(update_fields=["counts", "match_count"])
    if is_dry_run:
        raise _Undo(run)
    with connection.cursor() as cursor:
        cursor.execute(_ALL_CLAIMED)
    return run
