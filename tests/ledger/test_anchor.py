"""Who can switch triggers off can rewrite the book and all its seals, but not the anchor."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from config.tasks import seal_ledger
from ledger.anchor import Anchor, configured
from ledger.errors import AnchorDiffers
from ledger.models import Seal, Transaction
from ledger.seals import seal
from ledger.verification import Finding, verify_ledger
from tests.ledger.sql import tampered
from tests.ledger.stories import Book, open_book, play
from tests.ledger.threads import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anchor(transactional_db: None, tmp_path: Path, settings: pytest.FixtureRequest) -> Anchor:
    settings.ANCHOR_FILE = tmp_path / "kept" / "seals.jsonl"  # type: ignore[attr-defined]
    made = configured()
    assert made is not None
    return made


@pytest.fixture
def anchored(anchor: Anchor) -> Book:
    """Three sealed and anchored blocks of one transaction each."""
    book = open_book()
    for story in (
        "TOP_UP   | bank  | alice       | 500 | posted",
        "PAYMENT  | alice | corner_shop | 200 | posted",
        "TRANSFER | alice | bob         | 100 | posted",
    ):
        play(story, book)
        seal_ledger()
    return book


def lines(anchor: Anchor) -> list[dict[str, object]]:
    return [json.loads(line) for line in anchor.path.read_text().splitlines()]


def ids() -> list[int]:
    return list(Transaction.objects.order_by("pk").values_list("pk", flat=True))


def sealed_anew() -> None:
    """Compute every seal again, as an attacker would after rewriting what they cover."""
    bounds = list(Seal.objects.order_by("pk").values_list("through_id", flat=True))
    tampered("DELETE FROM ledger_seal")
    while seal():
        pass
    assert Seal.objects.order_by("-pk").values_list("through_id", flat=True)[0] == bounds[-1]


def move_a_payment(number: int) -> None:
    """Make a transaction be of ten more, everywhere: a book that is whole in itself."""
    transaction_id = [ids()[number]]
    for sql in (
        (
            "UPDATE ledger_entry SET amount_minor = amount_minor + 10 * sign(amount_minor)"
            " WHERE transaction_id = %s"
        ),
        (
            "UPDATE ledger_entry AS e SET balance_after_minor = e.balance_after_minor"
            " + 10 * sign(s.amount_minor) FROM ledger_entry AS s WHERE s.transaction_id = %s"
            " AND s.account_id = e.account_id AND e.id >= s.id"
        ),
        (
            "UPDATE ledger_account AS a"
            " SET balance_minor = balance_minor + 10 * sign(s.amount_minor)"
            " FROM ledger_entry AS s WHERE s.transaction_id = %s AND s.account_id = a.id"
        ),
    ):
        tampered(sql, transaction_id)


def cut_the_tail() -> None:
    """Take the last transaction out of the book, with its seal, as if it had never been."""
    last = [ids()[-1]]
    for sql in (
        (
            "UPDATE ledger_account AS a SET balance_minor = balance_minor - s.amount_minor"
            " FROM ledger_entry AS s WHERE s.transaction_id = %s AND s.account_id = a.id"
        ),
        "DELETE FROM ledger_entry WHERE transaction_id = %s",
        "DELETE FROM ledger_transaction WHERE id = %s",
        "DELETE FROM ledger_seal WHERE through_id = %s",
    ):
        tampered(sql, last)


def test_each_seal_is_signed_into_the_anchor_once(anchor: Anchor, anchored: Book) -> None:
    stored = Seal.objects.order_by("pk")
    assert [line["chain"] for line in lines(anchor)] == [s.chain_hash.hex() for s in stored]
    assert [line["through"] for line in lines(anchor)] == ids()
    assert [line["count"] for line in lines(anchor)] == [1, 1, 1]
    assert anchor.publish() == 0
    assert verify_ledger(anchor) == []


def test_a_rewritten_row_is_found_and_named(anchor: Anchor, anchored: Book) -> None:
    rewritten = ids()[1]
    move_a_payment(1)

    (finding,) = verify_ledger(anchor)

    assert finding.check == "ledger_seal_verifies"
    assert finding.problem == f"transaction {rewritten} was changed after it was sealed"


def test_a_chain_computed_anew_is_found_by_the_anchor_alone(
    anchor: Anchor, anchored: Book
) -> None:
    first, second, _ = ids()
    move_a_payment(1)
    tampered("DELETE FROM ledger_seal WHERE through_id > %s", [first])
    while seal():
        pass

    assert verify_ledger() == []
    (finding,) = verify_ledger(anchor)
    assert finding.check == "ledger_seal_anchored"
    assert finding.row == "anchor line 2"
    assert f"transactions {first + 1} to {second}" in finding.problem


def test_a_cut_tail_is_found_by_the_anchor_alone(anchor: Anchor, anchored: Book) -> None:
    cut_the_tail()

    assert verify_ledger() == []
    (finding,) = verify_ledger(anchor)
    assert finding.row == "anchor line 3"
    assert finding.problem.endswith("but the book has lost that seal")


def test_nothing_is_signed_that_does_not_follow_the_anchor(anchor: Anchor, anchored: Book) -> None:
    before = anchor.path.read_bytes()
    cut_the_tail()
    play("TRANSFER | alice | bob | 1 | posted", anchored)

    with pytest.raises(AnchorDiffers):
        seal_ledger()
    with pytest.raises(CommandError, match="does not follow its anchor"):
        call_command("seal_ledger", stdout=io.StringIO())

    assert anchor.path.read_bytes() == before
    assert len(verify_ledger(anchor)) == 1


def test_an_attacker_without_the_key_cannot_write_the_anchor(
    anchor: Anchor, anchored: Book
) -> None:
    move_a_payment(0)
    sealed_anew()
    anchor.path.unlink()
    stranger = Ed25519PrivateKey.generate()
    Anchor(anchor.path, stranger, (stranger.public_key(),)).publish()

    (finding,) = verify_ledger(anchor)
    assert finding.problem == "is not signed by a known key"


def test_a_lost_anchor_is_found(anchor: Anchor, anchored: Book) -> None:
    anchor.path.unlink()
    (finding,) = verify_ledger(anchor)
    assert finding == Finding(
        "ledger_seal_anchored", f"anchor {anchor.path}", "is missing, though the book is sealed"
    )


def _changed(line: str) -> str:
    return line.replace('"count":1', '"count":2')


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: [text[0], _changed(text[1]), text[2]], "is not signed by a known key"),
        (lambda text: [text[0], text[2]], "leaves a gap after the line before it"),
        (lambda text: [text[0], "{}", text[2]], "leaves a gap after the line before it"),
        (lambda text: [text[1], text[0], text[2]], "leaves a gap after the line before it"),
    ],
    ids=["a field", "a line taken out", "a line made unreadable", "lines exchanged"],
)
def test_a_changed_anchor_is_found(
    anchor: Anchor, anchored: Book, change: Callable[[list[str]], list[str]], problem: str
) -> None:
    anchor.path.write_text("\n".join(change(anchor.path.read_text().splitlines())) + "\n")
    (finding,) = verify_ledger(anchor)
    assert finding.problem == problem


@pytest.mark.parametrize("kept", [0, 1, 60, -1])
def test_a_line_torn_by_a_crash_is_written_again(
    anchor: Anchor, anchored: Book, kept: int
) -> None:
    whole = anchor.path.read_bytes().splitlines(keepends=True)
    anchor.path.write_bytes(b"".join(whole[:2]) + whole[2][:kept])

    anchor.publish()

    assert verify_ledger(anchor) == []
    assert lines_that_parse(anchor)[-1] == json.loads(whole[2])


def lines_that_parse(anchor: Anchor) -> list[object]:
    found = []
    for line in anchor.path.read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def test_a_seal_that_a_crash_kept_from_the_anchor_is_signed_by_the_next_run(
    anchor: Anchor, anchored: Book
) -> None:
    play("TRANSFER | alice | bob | 1 | posted", anchored)
    assert seal() is not None
    assert verify_ledger(anchor) == []
    assert anchor.publish() == 1
    assert len(lines(anchor)) == 4


def test_many_at_once_sign_each_seal_once(anchor: Anchor, anchored: Book) -> None:
    anchor.path.unlink()
    done = all_at_once(lambda _: anchor.publish(), threads=8)
    assert sorted(done) == [0] * 7 + [3]
    assert verify_ledger(anchor) == []


def test_an_earlier_key_still_counts_where_it_is_known(
    anchor: Anchor, anchored: Book, settings: pytest.FixtureRequest
) -> None:
    settings.ANCHOR_SECRET = "another" * 10  # type: ignore[attr-defined]
    play("TRANSFER | alice | bob | 1 | posted", anchored)
    seal_ledger()
    changed = configured()
    assert changed is not None
    assert [finding.row for finding in verify_ledger(changed)] == ["anchor line 1"]

    settings.ANCHOR_PUBLIC_KEYS = [anchor.public_key]  # type: ignore[attr-defined]
    both = configured()
    assert both is not None
    assert verify_ledger(both) == []


def test_an_auditor_verifies_with_a_copy_and_the_public_key(
    anchor: Anchor, anchored: Book, tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(anchor.path.read_bytes())
    settings.ANCHOR_FILE = None  # type: ignore[attr-defined]
    options = {"anchor": copy, "public_key": [anchor.public_key]}

    out = io.StringIO()
    call_command("verify_ledger", stdout=out, **options)
    assert f"signed by {anchor.public_key}" in out.getvalue()

    cut_the_tail()
    told = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_ledger", stderr=told, **options)
    assert "ledger_seal_anchored: anchor line 3" in told.getvalue()


@pytest.mark.parametrize("key", ["", "xyz", "ab" * 31, "ab" * 33, "é" * 64])
def test_a_key_that_is_none_is_refused(anchor: Anchor, anchored: Book, key: str) -> None:
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        call_command("verify_ledger", public_key=[key])
