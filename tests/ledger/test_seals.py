"""Sealed history cannot be changed unseen, not even by someone who can switch the triggers off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from ledger import seals
from ledger.horizon import settled_through
from ledger.models import Seal, Transaction
from ledger.seals import merkle_root, seal
from ledger.verification import Finding, verify_ledger
from tests.ledger.sql import tampered
from tests.ledger.stories import open_book, play, post_one, rolled_back
from tests.ledger.threads import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed(transactional_db: None) -> list[int]:
    """Two sealed blocks of two transactions, and one transaction after them; their ids."""
    book = open_book()
    for story in (
        """
        TOP_UP   | bank  | alice       | 500 | posted
        PAYMENT  | alice | corner_shop | 200 | posted
        """,
        """
        TRANSFER | alice | bob         | 100 | posted
        FEE      | alice | fees        |  10 | posted
        """,
    ):
        play(story, book)
        assert seal() is not None
    play("TRANSFER | bob | alice | 5 | posted", book)
    return list(Transaction.objects.order_by("pk").values_list("pk", flat=True))


def test_seals_cover_the_journal_block_after_block(sealed: list[int]) -> None:
    first, second = Seal.objects.order_by("pk")

    assert (first.after_id, first.through_id) == (0, sealed[1])
    assert (second.after_id, second.through_id) == (sealed[1], sealed[3])
    assert (second.previous_id, first.transaction_count) == (first.pk, 2)
    third = seal()
    assert third is not None
    assert (third.through_id, third.transaction_count) == (sealed[4], 1)
    assert seal() is None
    assert verify_ledger() == []


def test_an_empty_journal_has_nothing_to_seal(transactional_db: None) -> None:
    assert seal() is None
    assert verify_ledger() == []


TAMPERINGS: dict[str, tuple[str, int, str]] = {
    "amount": (
        "UPDATE ledger_entry SET amount_minor = 1 WHERE transaction_id = %s AND amount_minor > 0",
        1,
        "changed after it was sealed",
    ),
    "both amounts": (
        "UPDATE ledger_entry SET amount_minor = amount_minor * 2 WHERE transaction_id = %s",
        1,
        "changed after it was sealed",
    ),
    "account": (
        "UPDATE ledger_entry SET account_id = account_id + 1 WHERE transaction_id = %s",
        2,
        "changed after it was sealed",
    ),
    "date of entries": (
        "UPDATE ledger_entry SET effective_at = now() WHERE transaction_id = %s",
        3,
        "changed after it was sealed",
    ),
    "description": (
        "UPDATE ledger_transaction SET description = 'a gift' WHERE id = %s",
        0,
        "changed after it was sealed",
    ),
    "metadata": (
        "UPDATE ledger_transaction SET metadata = '{\"a\": 1}' WHERE id = %s",
        2,
        "changed after it was sealed",
    ),
    "recorded": (
        "UPDATE ledger_transaction SET recorded_at = recorded_at - interval '1 day' WHERE id = %s",
        2,
        "changed after it was sealed",
    ),
    "removed": (
        "DELETE FROM ledger_transaction WHERE id = %s",
        2,
        "removed after it was sealed",
    ),
    "removed entries": (
        "DELETE FROM ledger_entry WHERE transaction_id = %s",
        1,
        "changed after it was sealed",
    ),
}


@pytest.mark.parametrize(("sql", "which", "problem"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_verification_names_the_transaction_that_was_tampered_with(
    sealed: list[int], sql: str, which: int, problem: str
) -> None:
    assert verify_ledger() == []
    tampered(sql, [sealed[which]])

    (found,) = seal_findings()
    assert found.problem == f"transaction {sealed[which]} was {problem}"
    assert found.row == f"seal {Seal.objects.order_by('pk')[which // 2].pk}"


def seal_findings() -> list[Finding]:
    return [finding for finding in verify_ledger() if finding.check == "ledger_seal_verifies"]


def test_a_transaction_slipped_into_a_sealed_block_is_named(transactional_db: None) -> None:
    book = open_book()
    first = post_one(book, "TOP_UP", "bank", "alice", 500)
    with rolled_back():
        never = post_one(book, "TOP_UP", "bank", "alice", 400)
    post_one(book, "TOP_UP", "bank", "alice", 300)
    assert seal() is not None
    assert first.transaction_id < never.transaction_id
    tampered(
        "INSERT INTO ledger_transaction (id, kind, reference, effective_at, recorded_at,"
        " description, metadata) VALUES (%s, 'GIFT', 'slipped', now(), now(), '', '{}')",
        [never.transaction_id],
    )

    (found,) = seal_findings()
    assert found.problem == f"transaction {never.transaction_id} was added to a sealed block"


@pytest.mark.parametrize(
    ("change", "which", "problem"),
    [
        ("merkle_root = sha256('x')", 0, "its Merkle root or count was changed"),
        ("transaction_count = 3", 0, "its Merkle root or count was changed"),
        ("chain_hash = sha256('x')", 1, "its chain hash was changed"),
        ("previous_id = NULL", 1, "does not follow the seal before it"),
        ("through_id = through_id + 1", 1, "was added to a sealed block"),
        ("after_id = after_id + 1", 1, "leaves a gap after the seal before it"),
        ("leaves = ''", 0, "was added to a sealed block"),
    ],
)
def test_a_changed_seal_is_found(sealed: list[int], change: str, which: int, problem: str) -> None:
    seal_id = Seal.objects.order_by("pk")[which].pk
    tampered(f"UPDATE ledger_seal SET {change} WHERE id = %s", [seal_id])

    (found,) = seal_findings()
    assert found.row == f"seal {seal_id}"
    assert found.problem.endswith(problem)


def test_a_removed_seal_leaves_a_gap(sealed: list[int]) -> None:
    first, second = Seal.objects.order_by("pk").values_list("pk", flat=True)
    tampered("DELETE FROM ledger_seal WHERE id = %s", [first])
    (found,) = seal_findings()
    assert found.row == f"seal {second}"


def test_a_slow_posting_is_not_left_behind_by_a_seal(transactional_db: None) -> None:
    book = open_book()
    posted, release = Event(), Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                post_one(book, "TOP_UP", "bank", "alice", 1)
                posted.set()
                release.wait(10)
        finally:
            connection.close()

    thread = Thread(target=slow)
    thread.start()
    posted.wait(10)
    quick = post_one(book, "GIFT", "corner_shop", "fees", 1)
    try:
        assert settled_through(wait_seconds=0.2) is None
    finally:
        release.set()
        thread.join()

    assert settled_through() == quick.transaction_id
    made = seal()
    assert made is not None
    assert made.transaction_count == 2


def test_blocks_are_bounded_and_parallel_sealers_exclude_each_other(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MAX_BLOCK", 3)
    book = open_book()
    for _ in range(10):
        post_one(book, "TOP_UP", "bank", "alice", 1)

    all_at_once(lambda _: [seal() for _ in range(5)], threads=4)

    counts = Seal.objects.order_by("pk").values_list("transaction_count", flat=True)
    assert list(counts) == [3, 3, 3, 1]
    assert verify_ledger() == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
def test_a_merkle_root_depends_on_every_leaf_and_their_order(count: int) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
    roots = [merkle_root(leaves), merkle_root([*leaves, b"\0" * 32])]
    for n in range(count):
        other: Sequence[bytes] = [*leaves[:n], b"\0" * 32, *leaves[n + 1 :]]
        roots.append(merkle_root(other))
    if count > 1:
        roots.append(merkle_root(leaves[::-1]))
    assert len(set(roots)) == len(roots)
