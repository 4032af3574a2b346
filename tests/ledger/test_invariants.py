"""PostgreSQL keeps the book's invariants by itself, each under a name, whoever asks.

Nothing here goes through ``ledger.posting``: statements are sent raw, as the owner of the tables
and as the application's own role, which lacks the right before any trigger is asked.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from ledger.accounts import set_bounds
from ledger.balances import trial_balance
from ledger.errors import CapExceeded, InsufficientFunds, InvalidAccount, UnknownAccount
from tests.ledger.sql import APP, NO_RIGHT, refused, run
from tests.ledger.stories import Book, holdings, play, post_one, written

ENTRY = "(transaction_id, account_id, amount_minor, currency, effective_at, stripe)"
TRANSACTION = "(kind, reference, effective_at, recorded_at, description, metadata)"
INSERTS = {
    "transaction": f"INSERT INTO ledger_transaction {TRANSACTION}"
    " VALUES ('GIFT', 'forged', now(), now(), '', '{}')",
    "entry": f"INSERT INTO ledger_entry {ENTRY}"
    " VALUES (1, 1, 100, 'KRW', now(), 0), (1, 2, -100, 'KRW', now(), 0)",
    "account": "INSERT INTO ledger_account (id, code, currency, category, normal_sign, status,"
    " stripes, balance_minor, metadata) VALUES (9, 'x', 'KRW', 'ASSET', 1, 'OPEN', 1, 5, '{}')",
    "stripe": "INSERT INTO ledger_stripe (account_id, stripe, currency, status, balance_minor)"
    " SELECT account_id, 70, 'KRW', 'OPEN', 5 FROM ledger_stripe LIMIT 1",
    "none at all": f"INSERT INTO ledger_transaction {TRANSACTION}"
    " SELECT 'GIFT', 'x', now(), now(), '', '{}' WHERE FALSE",
    "copy": f"INSERT INTO ledger_entry {ENTRY} SELECT transaction_id, account_id, amount_minor,"
    " currency, effective_at, stripe FROM ledger_entry",
}
BALANCES = {
    "account balance": "UPDATE ledger_account SET balance_minor = balance_minor + 1",
    "account status": "UPDATE ledger_account SET status = 'OPEN'",
    "stripe balance": "UPDATE ledger_stripe SET balance_minor = balance_minor + 1",
    "stripe status": "UPDATE ledger_stripe SET status = 'OPEN'",
}
IDENTITY = {
    column: f"UPDATE ledger_account SET {column} = {column}"
    for column in (
        "id",
        "code",
        "currency",
        "category",
        "normal_sign",
        "stripes",
        "opened_at",
    )
}
TABLES = (
    "ledger_transaction",
    "ledger_entry",
    "ledger_seal",
    "ledger_account",
    "ledger_stripe",
)
CHANGES = {
    "update of a transaction": "UPDATE ledger_transaction SET description = 'else'",
    "update of an entry": "UPDATE ledger_entry SET amount_minor = amount_minor * 2",
    "update of a seal": "UPDATE ledger_seal SET merkle_root = ''",
    **{f"delete from {table}": f"DELETE FROM {table}" for table in TABLES},
    **{f"truncate {table}": f"TRUNCATE {table} CASCADE" for table in TABLES},
    "upsert": "INSERT INTO ledger_seal (id, after_id, through_id, transaction_count, leaves,"
    " merkle_root, chain_hash) VALUES (1, 0, 1, 1, '', '', '')"
    " ON CONFLICT (id) DO UPDATE SET merkle_root = ''",
    **{f"new {column}": change for column, change in IDENTITY.items()},
}
# What would let the application's role out of its limits.
ESCAPES = {
    "switch triggers off": "SET LOCAL session_replication_role = replica",
    "disable triggers": "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "replace a function": "CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "drop a constraint": "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_code_unique",
    "turn back the numbers": "SELECT setval('ledger_transaction_id_seq', 1)",
}


@pytest.fixture
def story(book: Book) -> Book:
    """A book with something in it, striped account included."""
    play(
        """
        TOP_UP | bank  | alice | 500 | posted
        FEE    | alice | fees  |   5 | posted
        """,
        book,
    )
    # TRUNCATE is refused for another reason while checks of foreign keys are still to come.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    return book


@pytest.mark.parametrize("sql", INSERTS.values(), ids=INSERTS)
def test_only_posting_inserts_into_the_book(story: Book, sql: str) -> None:
    before = written()
    assert refused(sql) == "ledger_only_posting_writes"
    assert refused(sql, role=APP) == NO_RIGHT
    assert written() == before


@pytest.mark.parametrize("sql", BALANCES.values(), ids=BALANCES)
def test_only_posting_writes_balances_and_status(story: Book, sql: str) -> None:
    before = written()
    assert refused(sql) == "ledger_only_posting_writes"
    assert refused(sql, role=APP) == NO_RIGHT
    assert written() == before


@pytest.mark.parametrize("sql", CHANGES.values(), ids=CHANGES)
def test_history_is_neither_changed_nor_removed(story: Book, sql: str) -> None:
    before = written()
    assert refused(sql) == "ledger_append_only"
    assert refused(sql, role=APP) == NO_RIGHT
    assert written() == before


@pytest.mark.parametrize("sql", ESCAPES.values(), ids=ESCAPES)
def test_the_application_cannot_lift_its_own_limits(story: Book, sql: str) -> None:
    assert refused(sql, role=APP) == NO_RIGHT


def test_the_application_grants_itself_nothing(story: Book) -> None:
    with transaction.atomic():
        run(f"SET LOCAL ROLE {APP}")
        run(f"GRANT INSERT, UPDATE, DELETE, TRUNCATE ON ledger_entry TO {APP}")  # only warned
        run("RESET ROLE")
    rights = "INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER"
    assert run(f"SELECT has_table_privilege('{APP}', 'ledger_entry', '{rights}')") == [(False,)]


def test_the_application_does_not_belong_to_the_role_that_writes(db: None) -> None:
    assert run("SELECT pg_has_role('jigap_app', 'jigap_book', 'MEMBER')") == [(False,)]
    flags = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
    assert run(f"SELECT {flags} FROM pg_roles WHERE rolname = 'jigap_app'") == [(False,)]
    assert run("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'jigap_book'") == [(False,)]


def test_the_application_posts_freezes_and_sets_bounds_all_the_same(story: Book) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP}")
        post_one(story, "TRANSFER", "alice", "bob", 95)
        cursor.execute("SELECT ledger_set_status(%s, 'FROZEN')", [story["bob"].pk])
        cursor.execute("SELECT ledger_set_bounds(%s, 0, 400)", [story["alice"].pk])
        cursor.execute(
            "UPDATE ledger_account SET metadata = '{\"tier\": 1}' WHERE id = %s",
            [story["alice"].pk],
        )
        cursor.execute("RESET ROLE")
    play(
        """
        TRANSFER | alice | bob   | 1 | account_frozen
        TOP_UP   | bank  | alice | 1 | cap_exceeded
        """,
        story,
    )
    assert holdings(story) == {"bank": 500, "alice": 400, "bob": 95, "fees": 5}
    assert trial_balance() == {"KRW": 0}


@pytest.mark.parametrize(
    ("floor", "cap", "constraint"),
    [
        (496, None, "ledger_account_floor_holds"),
        (None, 494, "ledger_account_cap_holds"),
    ],
)
def test_no_bound_is_set_that_the_balance_breaks_already(
    story: Book, floor: int | None, cap: int | None, constraint: str
) -> None:
    sql = "SELECT ledger_set_bounds(%s, %s, %s)"
    assert refused(sql, [story["alice"].pk, floor, cap], role=APP) == constraint
    error = InsufficientFunds if floor else CapExceeded
    with pytest.raises(error), transaction.atomic():
        set_bounds(account_id=story["alice"].pk, floor_minor=floor, cap_minor=cap)


def test_bounds_are_set_by_their_function_only_and_not_on_striped_accounts(story: Book) -> None:
    change = "UPDATE ledger_account SET floor_minor = 1 WHERE id = %s"
    assert refused(change, [story["alice"].pk], role=APP) == NO_RIGHT
    assert refused(change, [story["alice"].pk]) == "ledger_only_posting_writes"
    for account_id, error in ((story["fees"].pk, InvalidAccount), (2**39, UnknownAccount)):
        with pytest.raises(error), transaction.atomic():
            set_bounds(account_id=account_id, floor_minor=0, cap_minor=None)
    set_bounds(account_id=story["alice"].pk, floor_minor=495, cap_minor=495)
    play("TRANSFER | alice | bob | 1 | insufficient_funds", story)
