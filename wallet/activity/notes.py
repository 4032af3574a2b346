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


def note_both(
    *, sender: Wallet, recipient: Wallet, reference: str, kind: str, memo: str, at: datetime
) -> None:
    """Write a movement between two wallets to both, each with the other's phone number."""
    _insert(
        _row(sender.pk, reference, kind, recipient.holder.phone, memo, at),
        _row(recipient.pk, reference, kind, sender.holder.phone, memo, at),
    )


def _row(
    wallet_id: int, reference: str, kind: str, counterparty: str, memo: str, at: datetime
) -> list[Any]:
    shown, memo = mask(counterparty)[:COUNTERPARTY_LENGTH], memo[:MEMO_LENGTH]
    words = lexemes(wallet_id, counterparty=shown, memo=memo)
    return [wallet_id, reference, kind, shown, memo, at, words]


def _insert(*rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(", ".join([_ROW] * len(rows))), [cell for row in rows for cell in row]
        )
