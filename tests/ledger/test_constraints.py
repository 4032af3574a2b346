"""The posting functions, called from SQL, refuse by name; Python knows each name's error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ledger
from ledger import errors
from ledger.accounts import close_account, freeze_account
from ledger.models import Transaction
from ledger.money import MAX_MINOR
from ledger.refusals import BY_CONSTRAINT, refusal
from tests.ledger.sql import APP, BOOK, refused, run
from tests.ledger.stories import Book, holdings, play, post_one, written

POST = "SELECT ledger_post(%s, %s, %s::bigint[], %s::bigint[], %s::text[])"
KRW = ["KRW", "KRW"]


def posting_refused(
    accounts: list[int],
    amounts: list[int],
    *,
    currencies: list[str] = KRW,
    kind: str = "PAYMENT",
    reference: str = "raw:1",
    role: str = APP,
) -> str:
    """Call ledger_post, which must refuse and leave nothing behind; return the constraint."""
    before = written()
    name = refused(POST, [kind, reference, accounts, amounts, currencies], role=role)
    assert written() == before
    return name


def ids(book: Book, *names: str) -> list[int]:
    return [book[name].pk for name in names]


def test_entries_of_a_transaction_sum_to_zero_per_currency(book: Book) -> None:
    legs = ids(book, "bank", "corner_shop")
    assert posting_refused(legs, [100, -99]) == "ledger_transaction_balances"
    assert posting_refused(legs, [100, 100]) == "ledger_transaction_balances"


def test_even_the_role_that_writes_cannot_write_one_sided_entries(book: Book) -> None:
    sql = (
        "INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, currency,"
        " effective_at, stripe) VALUES (1, %s, 5, 'KRW', now(), 0)"
    )
    assert refused(sql, ids(book, "bank"), role=BOOK) == "ledger_transaction_balances"


def test_an_entry_is_in_its_accounts_currency(book: Book) -> None:
    for legs in (ids(book, "bank", "alice"), ids(book, "fees", "alice")):
        found = posting_refused(legs, [1, -1], currencies=["USD", "USD"])
        assert found == "ledger_entry_currency_matches"


def test_an_entry_is_not_zero_and_its_account_exists(book: Book) -> None:
    legs = ids(book, "bank", "alice")
    assert posting_refused(legs, [0, 0]) == "ledger_entry_amount_not_zero"
    assert posting_refused([legs[0], 2**39], [1, -1]) == "ledger_entry_account_exists"


def test_floors_and_caps_hold(book: Book) -> None:
    assert posting_refused(ids(book, "alice", "bank"), [1, -1]) == "ledger_account_floor_holds"
    found = posting_refused(ids(book, "bank", "bob"), [1_000_001, -1_000_001])
    assert found == "ledger_account_cap_holds"


def test_floors_and_caps_hold_against_the_role_that_writes(book: Book) -> None:
    for minor, name in (
        (1, "ledger_account_floor_holds"),
        (-1_000_001, "ledger_account_cap_holds"),
    ):
        sql = f"UPDATE ledger_account SET balance_minor = {minor} WHERE id = %s"
        assert refused(sql, ids(book, "alice"), role=BOOK) == name


def test_balances_do_not_wrap_around(book: Book) -> None:
    run(POST, ["GIFT", "raw:1", ids(book, "bank", "corner_shop"), [MAX_MINOR, -MAX_MINOR], KRW])
    found = posting_refused(ids(book, "bank", "corner_shop"), [1, -1], reference="raw:2")
    assert found == "NumericValueOutOfRange"


def test_frozen_and_closed_accounts_refuse_entries(book: Book) -> None:
    freeze_account(account_id=book["alice"].pk)
    freeze_account(account_id=book["fees"].pk)
    close_account(account_id=book["bob"].pk)
    for name, constraint in {
        "alice": "ledger_account_not_frozen",
        "fees": "ledger_account_not_frozen",
        "bob": "ledger_account_not_closed",
    }.items():
        assert posting_refused(ids(book, "bank", name), [1, -1]) == constraint


def test_status_changes_by_its_function_only_within_its_rules(book: Book) -> None:
    post_one(book, "TOP_UP", "bank", "alice", 5)
    close_account(account_id=book["bob"].pk)
    set_status = "SELECT ledger_set_status(%s, %s)"
    for account_id, status, name in (
        (book["alice"].pk, "CLOSED", "ledger_account_closed_is_empty"),
        (book["alice"].pk, "LOST", "ledger_account_status_known"),
        (book["bob"].pk, "OPEN", "ledger_account_not_closed"),
        (book["bob"].pk, "FROZEN", "ledger_account_not_closed"),
        (2**39, "FROZEN", "ledger_entry_account_exists"),
    ):
        assert refused(set_status, [account_id, status], role=APP) == name


def test_a_reference_is_posted_once(book: Book) -> None:
    post_one(book, "TOP_UP", "bank", "alice", 5, reference="raw:1")
    found = posting_refused(ids(book, "bank", "alice"), [6, -6], kind="TOP_UP")
    assert found == "ledger_transaction_reference_same_legs"
    sql = (
        "INSERT INTO ledger_transaction (kind, reference, effective_at, recorded_at, description,"
        " metadata) VALUES ('TOP_UP', 'raw:1', now(), now(), '', '{}')"
    )
    assert refused(sql, role=BOOK) == "ledger_transaction_reference_unique"


def test_a_transaction_has_a_name_and_legs(book: Book) -> None:
    legs = ids(book, "bank", "alice")
    assert posting_refused(legs, [1, -1], kind="") == "ledger_transaction_named"
    assert posting_refused(legs, [1, -1], reference="") == "ledger_transaction_named"
    assert posting_refused([], []) == "ledger_transaction_has_legs"
    assert posting_refused(legs[:1], [1]) == "ledger_transaction_has_legs"
    assert posting_refused(legs, [1]) == "ledger_transaction_has_legs"
    assert posting_refused(legs, [1, -1], currencies=["KRW"]) == "ledger_transaction_has_legs"


def test_reversals_name_their_original_and_nothing_else_does(book: Book) -> None:
    (posted,) = play("TOP_UP | bank | alice | 5 | posted", book)
    names_original = "ledger_transaction_reversal_names_original"
    found = posting_refused(ids(book, "bank", "alice"), [1, -1], kind="REVERSAL")
    assert found == names_original

    reverse = "SELECT ledger_post(%s, %s, NULL, NULL, NULL, NULL, %s)"
    original = posted.transaction_id
    assert refused(reverse, ["REFUND", "raw:1", original], role=APP) == names_original
    absent = refused(reverse, ["REVERSAL", "raw:1", 2**40], role=APP)
    assert absent == "ledger_transaction_exists"
    run(reverse, ["REVERSAL", "raw:2", original])
    twice = refused(reverse, ["REVERSAL", "raw:3", original], role=APP)
    assert twice == "ledger_transaction_reverses_once"
    undone = Transaction.objects.get(reference="raw:2").pk
    again = refused(reverse, ["REVERSAL", "raw:4", undone], role=APP)
    assert again == "ledger_transaction_reverses_original"
    assert holdings(book) == {}


def test_a_sweep_finds_something(book: Book) -> None:
    sql = POST.replace("text[])", "text[], NULL, NULL, '', '{}', 1)")
    legs = ["SWEEP", "raw:1", ids(book, "alice", "bob"), [5, -5], KRW]
    assert refused(sql, legs, role=APP) == "ledger_sweep_finds_something"


OPEN = "SELECT ledger_open_account(%s, 'KRW', %s, %s, NULL, %s, '{}')"


@pytest.mark.parametrize(
    ("code", "category", "floor", "stripes", "constraint"),
    [
        ("Wallet:x", "ASSET", None, 1, "ledger_account_code_well_formed"),
        ("wallet::x", "ASSET", None, 1, "ledger_account_code_well_formed"),
        ("wallet:x y", "ASSET", None, 1, "ledger_account_code_well_formed"),
        ("wallet:x\n", "ASSET", None, 1, "ledger_account_code_well_formed"),
        ("", "ASSET", None, 1, "ledger_account_code_well_formed"),
        ("wallet:x", "DEBT", None, 1, "ledger_account_category_known"),
        ("wallet:x", "ASSET", 0, 2, "ledger_account_striped_has_no_bounds"),
        ("wallet:x", "ASSET", None, 0, "ledger_account_striped_has_no_bounds"),
        ("wallet:x", "ASSET", None, 65, "ledger_account_striped_has_no_bounds"),
        ("wallet:x", "ASSET", None, 40_000, "ledger_account_striped_has_no_bounds"),
        ("wallet:x", "ASSET", 1, 1, "ledger_account_opens_within_bounds"),
    ],
)
def test_no_account_is_opened_that_cannot_exist(
    db: None, code: str, category: str, floor: int | None, stripes: int, constraint: str
) -> None:
    assert refused(OPEN, [code, category, floor, stripes], role=APP) == constraint


def test_a_code_stands_once_per_currency(book: Book) -> None:
    sql = (
        "INSERT INTO ledger_account (id, code, currency, category, normal_sign, status, stripes,"
        " balance_minor, metadata) SELECT 2 ^ 38, code, currency, category, normal_sign, status,"
        " 1, 0, '{}' FROM ledger_account WHERE id = %s"
    )
    assert refused(sql, ids(book, "alice"), role=BOOK) == "ledger_account_code_unique"


def test_seals_are_not_empty_and_do_not_overlap(db: None) -> None:
    sql = (
        "INSERT INTO ledger_seal (after_id, through_id, transaction_count, leaves, merkle_root,"
        " chain_hash) VALUES (%s, %s, 0, '', '', '')"
    )
    assert refused(sql, [5, 5], role=APP) == "ledger_seal_block_not_empty"
    run(sql, [5, 6])
    assert refused(sql, [5, 7], role=APP) == "ledger_seal_blocks_do_not_overlap"


def test_every_name_the_posting_functions_raise_has_its_error() -> None:
    sql = "".join(path.read_text() for path in (Path(ledger.__path__[0]) / "sql").glob("*.up.sql"))
    raised = set(re.findall(r"(?:CONSTRAINT = |THEN |:= )'(ledger_\w+)'", sql))
    # A status is the code's own word, never a caller's: an unknown one is a bug, not a refusal.
    assert {name for name in raised if not name.endswith("_status_known")} <= set(BY_CONSTRAINT)
    for name in BY_CONSTRAINT:
        explained = refusal(name, {})
        assert isinstance(explained, errors.LedgerError)
        assert str(explained)
    assert refusal("ledger_group_whole", {"group": "g"}) is not None
    assert refusal("another_apps_constraint", {}) is None
