"""What PostgreSQL refuses, whoever writes."""

from __future__ import annotations

import pytest
from django.db import connection

from merchants.models import BankLine, Statement, StatementFile
from tests.ledger.sql import APP, NO_RIGHT, refused, run
from tests.merchants.cast import refused_by
from tests.merchants.statements.conftest import NOON, Take
from tests.merchants.statements.files import Move, Paper, camt

PAPER = Paper((Move(5, "R1"), Move(-3, "R2")), opening=7)


@pytest.fixture
def loaded(take: Take) -> Statement:
    """A statement that was loaded."""
    take(camt(PAPER))
    return Statement.objects.get()


def test_what_the_bank_said_is_never_changed(loaded: Statement) -> None:
    for sql in (
        "UPDATE merchants_bankline SET amount_minor = 1",
        "UPDATE merchants_bankline SET text = 'x'",
        "DELETE FROM merchants_bankline",
        "UPDATE merchants_statement SET closing_minor = 1",
        "DELETE FROM merchants_statement",
        "DELETE FROM merchants_statementfile",
    ):
        assert refused(sql) == "ledger_append_only"
        assert refused(sql, role=APP) in (NO_RIGHT, "ledger_append_only")


def test_a_line_stays_on_its_statement(loaded: Statement) -> None:
    with refused_by("merchants_bank_line_stays"):
        BankLine.objects.update(statement=None)


def test_a_statement_ties_or_is_not_there(loaded: Statement) -> None:
    with refused_by("merchants_statement_ties"):
        _again(loaded, closing_minor=10)
    with refused_by("merchants_statement_days_in_order"):
        _again(loaded, opening_on="2030-01-01")
    with refused_by("merchants_statement_once"):
        _again(loaded, name="other")


def test_a_statement_has_the_lines_it_says(loaded: Statement) -> None:
    with refused_by("merchants_statement_lines_sum"):
        _again(loaded, sequence=2)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _again(statement: Statement, **changes: object) -> None:
    same = Statement.objects.get(pk=statement.pk)
    same.pk = None
    for name, value in changes.items():
        setattr(same, name, value)
    same.save(force_insert=True)


def test_a_line_moves_something_and_is_there_once(loaded: Statement) -> None:
    line = BankLine.objects.order_by("pk")[0]
    line.pk = None
    with refused_by("merchants_bankline_identity_key"):
        line.save(force_insert=True)
    with refused_by("merchants_bank_line_moves_something"):
        run(
            "INSERT INTO merchants_bankline SELECT (jsonb_populate_record(b, jsonb_build_object("
            "'id', 0, 'amount_minor', 0, 'identity', gen_random_uuid()))).* "
            "FROM merchants_bankline AS b LIMIT 1"
        )


def test_a_file_goes_along_its_edges_only(loaded: Statement) -> None:
    with refused_by("merchants_statement_file_edge"):
        StatementFile.objects.update(state="RECEIVED")
    with refused_by("merchants_statement_file_final"):
        StatementFile.objects.update(sha256="0" * 64)
    with refused_by("merchants_statement_file_quarantined_for_a_reason"):
        StatementFile.objects.create(
            sha256="1" * 64, name="x", byte_count=1, state="QUARANTINED", received_at=NOON
        )


def test_an_account_is_ours_once(loaded: Statement) -> None:
    account = loaded.account
    with refused_by("merchants_house_account_once"):
        run(
            "INSERT INTO merchants_houseaccount (number, currency, purpose, ledger_account_id,"
            " added_at) SELECT number, currency, purpose, 7, added_at FROM merchants_houseaccount"
            " WHERE id = %s",
            [account.pk],
        )
