"""A wallet with a past: entries on chosen days, and long histories."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from django.db import connection, transaction

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.activity.notes import note
from wallet.chart import PROVIDER_RECEIVABLE
from wallet.models import Wallet

_NUMBERS = count(1)


def move(
    wallet: Wallet, minor: int, at: datetime, *, memo: str = "", counterparty: str = ""
) -> str:
    """Bring money into a wallet, or take it out where negative; return the reference."""
    reference = f"transfer:story-{next(_NUMBERS)}"
    source, own = account_id(PROVIDER_RECEIVABLE, "KRW"), wallet.available_account_id
    money = Money(abs(minor), "KRW")
    legs = [debit(source, money), credit(own, money)]
    if minor < 0:
        legs = [debit(own, money), credit(source, money)]
    with transaction.atomic():
        post(kind="TRANSFER", reference=reference, legs=legs, effective_at=at)
        note(
            wallet=wallet,
            reference=reference,
            kind="TRANSFER",
            counterparty=counterparty,
            memo=memo,
            at=at,
        )
    return reference


def fill(wallet: Wallet, entries: int) -> None:
    """Give a wallet a long history of small entries, past the posting function for speed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            """
            WITH t AS (
                INSERT INTO ledger_transaction
                    (kind, reference, effective_at, recorded_at, description, metadata)
                SELECT 'TOP_UP', 'top_up:' || gen_random_uuid(), now() - n * interval '1 second',
                    now(), '', '{}' FROM generate_series(1, %s) AS n
                RETURNING id, effective_at
            )
            INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, currency,
                effective_at, balance_after_minor, stripe)
            SELECT id, %s, -1, 'KRW', effective_at, 0, 0 FROM t
            """,
            [entries, wallet.available_account_id],
        )
        cursor.execute("ANALYZE ledger_transaction, ledger_entry")
