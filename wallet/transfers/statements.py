"""The two statements of a transfer: one reads all that decides it, one writes all it causes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ledger.calls import call, integers, texts
from ledger.money import Money
from ledger.posting import credit, debit
from ledger.refusals import explained
from wallet.activity.notes import Words
from wallet.errors import NonceReplayed
from wallet.events import wake_relay
from wallet.facts import facts_of
from wallet.idempotency import Ticket
from wallet.limits.rules import Kind
from wallet.limits.usage import Books, Room, books, room, windows_before
from wallet.models import Profile, Transfer, User, Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import asks_known
from wallet.transfers.payees import MISSES_A_DAY, day_of, named_by

_LOOK = (
    "SELECT * FROM wallet_look_at_transfer($1::bigint, $2::text, $3::text, $4::text, $5::text,"
    " $6::bytea, $7::bigint, $8::bigint, $9::text, $10::text, $11::text, $12::date, $13::integer,"
    " $14::boolean, $15::text, $16::timestamptz, $17::timestamptz, $18::timestamptz)"
)
_WRITE = (
    "SELECT wallet_write_transfer($1::bigint, $2::integer, $3::jsonb, $4::uuid, $5::bigint,"
    " $6::bigint, $7::bigint, $8::text, $9::text, $10::text, $11::timestamptz, $12::bigint[],"
    " $13::bigint[], $14::jsonb, $15::text, $16::text[], $17::text, $18::text[])"
)
# In the order of the model's columns, as ``from_db`` wants them.
_FIELDS = ("id", "holder_id", "currency", "available_account_id", "status", "tier")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a transfer to somebody who was found is decided by; both wallets are locked."""

    sender: Wallet
    recipient: Wallet
    is_frozen_by_staff: bool
    is_known: bool
    books: Books
    room: Room


@dataclass(frozen=True, slots=True)
class Payee:
    """Who was found, and what the asker may be told by; without facts where nothing was read."""

    recipient_id: int | None
    misses: int
    was_paid: bool
    facts: Facts | None


def look(
    ticket: Ticket[Any],
    *,
    sender: Wallet,
    payee: str,
    amount: Money,
    proof: Proof,
    at: datetime,
) -> Payee:
    """Use the nonce up, claim the key, find the payee, lock both wallets, read what decides.

    Raises:
        NonceReplayed: the nonce was used before.
        Claimed: the key was claimed before.

    """
    nonce = proof.nonce
    (row,) = call(
        _LOOK,
        [
            *((nonce.device_id, nonce.nonce) if nonce else (None, None)),
            *ticket.claim,
            *(sender.pk, sender.holder_id, sender.currency),
            *named_by(payee),
            *(day_of(at), MISSES_A_DAY, asks_known(amount), proof.means.value, at),
            *windows_before(at),
        ],
    )
    if row[0]:
        raise NonceReplayed
    ticket.claimed(row[1])
    misses, was_paid, *found = row[2:8]
    return Payee(
        found[0],
        misses or 0,
        bool(was_paid),
        None if row[8] is None else _facts(sender, found, row[8:]),
    )


def _facts(sender: Wallet, found: Any, row: Any) -> Facts:
    recipient_id, holder_id, phone, name = found
    currency = sender.currency
    sender.available_account_id, sender.status, sender.tier = row[:3]  # as they are now, locked
    recipient = _wallet(recipient_id, holder_id, currency, *row[3:6])
    recipient.holder = _person(holder_id, phone)
    Profile(user=recipient.holder, display_name=name or "")
    return Facts(
        sender=sender,
        recipient=recipient,
        is_frozen_by_staff=row[6],
        is_known=row[7],
        books=books(row[8], row[9]),
        room=room(row[10], row[11], currency),
    )


def write(ticket: Ticket[Transfer], *, transfer: Transfer, kind: Kind) -> Transfer:
    """Write a transfer that was decided, with everything it causes and its answer.

    Raises:
        InsufficientFunds: the sender does not hold enough.

    """
    sender, recipient, amount = transfer.sender, transfer.recipient, transfer.amount
    legs = (
        debit(sender.available_account_id, amount),
        credit(recipient.available_account_id, amount),
    )
    payee = Words.of(sender.pk, counterparty=recipient.holder.phone, memo=transfer.memo)
    payer = Words.of(recipient.pk, counterparty=sender.holder.phone, memo=transfer.memo)
    facts = facts_of("transfer_id", transfer.public_id, amount, transfer.memo)
    arguments = [
        *ticket.answer(transfer),
        *(transfer.public_id, sender.pk, recipient.pk, amount.minor, amount.currency),
        *(transfer.memo, kind.means, transfer.sent_at),
        integers(leg.account_id for leg in legs),
        integers(leg.amount_minor for leg in legs),
        *(json.dumps(facts), payee.shown, texts(payee.lexemes), payer.shown, texts(payer.lexemes)),
    ]
    with explained():
        ((transfer.pk,),) = call(_WRITE, arguments)
    wake_relay()
    return transfer


def _wallet(*values: Any) -> Wallet:
    return Wallet.from_db(connection.alias, _FIELDS, values)


def _person(pk: int, phone: str) -> User:
    return User.from_db(connection.alias, ("id", "phone"), (pk, phone))
