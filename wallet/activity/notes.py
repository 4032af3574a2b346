"""Notes on what moved, written where it moves: the list and the search of a wallet read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wallet.activity.masking import mask
from wallet.activity.words import lexemes
from wallet.models import Wallet
from wallet.models.activity import COUNTERPARTY_LENGTH, MEMO_LENGTH

_ROW = "(%s, %s, %s, %s, %s, %s, array_to_tsvector(%s::text[]))"
_INSERT = (
    "INSERT INTO wallet_activitynote (wallet_id, reference, kind, counterparty, memo, at, words)"
    " VALUES {} ON CONFLICT ON CONSTRAINT wallet_activity_note_once DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The other side as it is shown, the memo, and what both are found by."""

    shown: str
    memo: str
    lexemes: list[str]

    @classmethod
    def of(cls, wallet_id: int, *, counterparty: str, memo: str) -> Words:
        """Return the words of a note in a wallet; a phone number is masked."""
        shown, memo = mask(counterparty)[:COUNTERPARTY_LENGTH], memo[:MEMO_LENGTH]
        return cls(shown, memo, lexemes(wallet_id, counterparty=shown, memo=memo))


def note(
    *, wallet: Wallet, reference: str, kind: str, counterparty: str, memo: str, at: datetime
) -> None:
    """Write what a ledger transaction was about, inside the database transaction that posts it.

    Args:
        wallet: whose activity it stands in.
        reference: the ledger transaction's, such as ``transfer:<uuid>``.
        kind: the ledger transaction's.
        counterparty: the other side, as the holder may know it; a phone number is masked here.
        memo: what somebody wrote to it; empty without.
        at: the ledger transaction's ``effective_at``.

    """
    _insert(_row(wallet.pk, reference, kind, counterparty, memo, at))


@dataclass(frozen=True, slots=True)
class Note:
    """What ``note`` writes, for ``note_all``."""

    wallet_id: int
    reference: str
    kind: str
    counterparty: str
    memo: str
    at: datetime


def note_all(notes: Iterable[Note]) -> None:
    """Write many notes by one statement; there has to be one."""
    _insert(*(_row(n.wallet_id, n.reference, n.kind, n.counterparty, n.memo, n.at) for n in notes))


def _row(
    wallet_id: int, reference: str, kind: str, counterparty: str, memo: str, at: datetime
) -> list[Any]:
    words = Words.of(wallet_id, counterparty=counterparty, memo=memo)
    return [wallet_id, reference, kind, words.shown, words.memo, at, words.lexemes]


def _insert(*rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(", ".join([_ROW] * len(rows))), [cell for row in rows for cell in row]
        )
