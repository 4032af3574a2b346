"""The two statements of a charge: one reads all that decides it, one writes all it causes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from ledger.calls import call, integers, texts
from ledger.posting import debit
from ledger.refusals import explained
from merchants.events.recording import wake
from merchants.models import FeePlan, Payment, RiskRule, Store
from merchants.payments.moving import credits_of, facts_of
from merchants.risk.deciding import Measured
from wallet.activity.notes import Words
from wallet.events import wake_relay
from wallet.idempotency import Ticket
from wallet.limits.usage import Books, books, windows_before
from wallet.models import Wallet
from wallet.proof.proofs import Means

_LOOK = (
    "SELECT * FROM merchants_look_at_charge($1::text, $2::text, $3::text, $4::bytea, $5::bigint,"
    " $6::bigint, $7::text, $8::bigint, $9::integer, $10::timestamptz, $11::timestamptz,"
    " $12::timestamptz)"
)
_WRITE = (
    "SELECT merchants_write_charge($1::bigint, $2::integer, $3::jsonb, $4::jsonb, $5::text,"
    " $6::bigint[], $7::bigint[], $8::jsonb, $9::text, $10::text[])"
)
# In the order of the model's columns, as ``from_db`` wants them.
_FIELDS = ("id", "holder_id", "currency", "available_account_id", "status", "tier")
_ROW = (
    *("number", "store_id", "merchant_id", "wallet_id", "merchant_order_no", "presented"),
    *("currency", "amount_minor", "tip_minor", "captured_minor", "fee_minor", "bill_number"),
    *("memo", "answers", "state"),
)
_MOMENTS = ("created_at", "expires_at", "paid_at")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a charge is decided by; the wallet is locked, and as it is now.

    Where the order has a payment already, ``earlier_id`` says which, and nothing else was read.
    """

    wallet: Wallet
    earlier_id: int | None
    books: Books
    measured: list[Measured]
    plan: FeePlan | None


def look(
    ticket: Ticket[Any],
    *,
    wallet: Wallet,
    store: Store,
    order_no: str | None,
    amount_minor: int,
    at: datetime,
) -> Facts:
    """Claim the key, lock the wallet, read what decides.

    Raises:
        Claimed: the key was claimed before.

    """
    hour = at.astimezone(ZoneInfo(store.zone)).hour
    (row,) = call(
        _LOOK,
        [
            *ticket.claim,
            *(wallet.pk, store.merchant_id, order_no, amount_minor, hour, at),
            *windows_before(at),
        ],
    )
    ticket.claimed(row[0])
    locked = Wallet.from_db(connection.alias, _FIELDS, (wallet.pk, *row[1:6]))
    return Facts(
        wallet=locked,
        earlier_id=row[6],
        books=books(row[7], row[8]),
        measured=[
            Measured(rule_id, code, RiskRule.Outcome(outcome), is_dry_run, threshold, value)
            for rule_id, code, outcome, is_dry_run, threshold, value in json.loads(row[9] or "[]")
        ],
        plan=None if row[10] is None else FeePlan(**json.loads(row[10])),
    )


def write(ticket: Ticket[Payment], payment: Payment, *, wallet: Wallet, store: Store) -> bool:
    """Write a charge that was decided, with everything it causes and its answer.

    Return False, with nothing written, where the order has got another payment meanwhile.

    Raises:
        InsufficientFunds: the wallet does not hold enough.

    """
    legs = (debit(wallet.available_account_id, payment.captured), *credits_of(payment))
    words = Words.of(wallet.pk, counterparty=store.name, memo=payment.memo)
    arguments = [
        *ticket.answer(payment),
        json.dumps(_row_of(payment)),
        Means.CODE.value,
        integers(leg.account_id for leg in legs),
        integers(leg.amount_minor for leg in legs),
        json.dumps(facts_of(payment, payment.captured)),
        *(words.shown, texts(words.lexemes)),
    ]
    with explained():
        ((payment.pk,),) = call(_WRITE, arguments)
    wake(payment.merchant)
    wake_relay()
    return payment.pk is not None


def _row_of(payment: Payment) -> dict[str, Any]:
    moments = {name: getattr(payment, name) for name in _MOMENTS}
    return {name: getattr(payment, name) for name in _ROW} | {
        name: None if at is None else at.isoformat() for name, at in moments.items()
    }
