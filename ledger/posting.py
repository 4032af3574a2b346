"""Writing in the book: post, reverse, and post thousands at once.

The rules live in PostgreSQL (``ledger/sql/0005_post.up.sql``); these functions carry the request
there in one round trip and turn a refusal into the error that explains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from ledger.calls import call, document, integers, texts
from ledger.errors import (
    EmptyTransaction,
    GroupRefused,
    InvalidAmount,
    LedgerError,
    UnknownAccount,
)
from ledger.models import REVERSAL, Account
from ledger.money import Money
from ledger.refusals import explained, refusal

_POST = (
    "SELECT posted_id, posted_at, is_new FROM ledger_post("
    "$1, $2, $3::bigint[], $4::bigint[], $5::text[], $6, $7::bigint, $8, $9::jsonb, $10::integer)"
)
_POST_MANY = (
    "SELECT outcome, posted_id, account_id, posted_at FROM ledger_post_many("
    "$1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::jsonb[], $6::text[],"
    " $7::int[], $8::bigint[], $9::bigint[], $10::text[]) ORDER BY item"
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One line to post: ``amount_minor`` is debit-positive; ``sweeps`` makes it a most."""

    account_id: int
    amount_minor: int
    currency: str
    sweeps: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted transaction; ``is_new`` is false when its reference had been posted before."""

    transaction_id: int
    recorded_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One transaction of ``post_many``; neighbours of the same group succeed or fail together."""

    kind: str
    reference: str
    legs: Sequence[Leg]
    effective_at: datetime | None = None
    description: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item: exactly one of ``posted`` and ``refusal`` is set."""

    posted: Posted | None
    refusal: LedgerError | None


def debit(account: Account | int, amount: Money) -> Leg:
    """Return the leg that debits ``account`` by a positive amount.

    Raises:
        InvalidAmount: the amount is zero or negative.

    """
    return _leg(account, amount, 1)


def credit(account: Account | int, amount: Money) -> Leg:
    """Return the leg that credits ``account`` by a positive amount.

    Raises:
        InvalidAmount: the amount is zero or negative.

    """
    return _leg(account, amount, -1)


def sweep(*, debited: Account | int, credited: Account | int, up_to: Money) -> tuple[Leg, Leg]:
    """Return two legs that move as much as the floors and caps of both accounts allow.

    At most ``up_to`` is moved. A posting may hold one sweep.

    Raises:
        InvalidAmount: ``up_to`` is zero or negative.

    """
    return _leg(debited, up_to, 1, sweeps=True), _leg(credited, up_to, -1, sweeps=True)


def _leg(account: Account | int, amount: Money, sign: int, *, sweeps: bool = False) -> Leg:
    if amount.minor <= 0:
        raise InvalidAmount("an amount to post is more than zero")
    account_id = account.pk if isinstance(account, Account) else account
    return Leg(account_id, sign * amount.minor, amount.currency, sweeps)


def post(
    *,
    kind: str,
    reference: str,
    legs: Sequence[Leg],
    effective_at: datetime | None = None,
    description: str = "",
    metadata: Mapping[str, object] | None = None,
) -> Posted:
    """Post one balanced transaction, all of it or nothing.

    The same reference with the same kind and legs returns the first transaction again.

    Args:
        kind: upper-case word, such as ``PAYMENT``.
        reference: unique for ever; names the business fact, such as ``payment:4711``.
        legs: at least two; they sum to zero in each currency.
        effective_at: when it counts; now unless given, the past for a back-dated posting.
        description: for people, at most 500 characters.
        metadata: JSON object to find the transaction by.

    Raises:
        UnbalancedTransaction: debits and credits differ in some currency.
        EmptyTransaction: no kind, no reference or fewer than two legs.
        UnknownAccount, CurrencyMismatch, AccountFrozen, AccountClosed: a leg's account refuses.
        InsufficientFunds, CapExceeded: a floor or cap would not hold.
        NothingToSweep: the sweep found no money it may move.
        ReferenceConflict: the reference was posted before with another kind or other legs.
        RuntimeError: not inside a database transaction.

    """
    _refuse_reversal(kind)
    sweeps = [position for position, leg in enumerate(legs, 1) if leg.sweeps]
    if sweeps and sweeps != [sweeps[0], sweeps[0] + 1]:
        raise EmptyTransaction
    return _post(
        kind,
        reference,
        _accounts(legs),
        integers([leg.amount_minor for leg in legs]),
        texts([leg.currency for leg in legs]),
        effective_at,
        None,
        description,
        document(metadata),
        sweeps[0] if sweeps else None,
    )


def reverse(
    *,
    transaction_id: int,
    reference: str,
    effective_at: datetime | None = None,
    description: str = "",
    metadata: Mapping[str, object] | None = None,
) -> Posted:
    """Post the mirror image of a whole transaction, once.

    Raises:
        UnknownTransaction: no transaction has that id.
        NotReversible: it is itself a reversal.
        AlreadyReversed: it was reversed under another reference.
        InsufficientFunds, CapExceeded, AccountClosed: an account refuses the mirrored leg.
        RuntimeError: not inside a database transaction.

    """
    return _post(
        REVERSAL,
        reference,
        None,
        None,
        None,
        effective_at,
        transaction_id,
        description,
        document(metadata),
        None,
    )


def _post(kind: str, reference: str, *arguments: Any) -> Posted:
    _require_transaction()
    with explained(reference=reference):
        ((transaction_id, recorded_at, is_new),) = call(_POST, [kind, reference, *arguments])
    return Posted(transaction_id, recorded_at, is_new)


def post_many(items: Sequence[Item]) -> list[Outcome]:
    """Post many transactions in one call, each with the outcome it would have had one by one.

    Returns:
        One outcome per item, in order. Refused items leave nothing behind; the others are posted.

    Raises:
        RuntimeError: not inside a database transaction.

    """
    _require_transaction()
    if any(leg.sweeps for item in items for leg in item.legs):
        raise EmptyTransaction
    unsent: dict[int, LedgerError] = {}
    try:
        columns = _columns(items)
    except LedgerError:
        # Something cannot even be sent. In its place goes an item that is refused where it stands,
        # so that PostgreSQL decides about its group.
        unsent = {n: why for n, item in enumerate(items) if (why := _unsendable(item))}
        columns = _columns(
            [replace(_NOTHING, group=i.group) if n in unsent else i for n, i in enumerate(items)]
        )
    with explained():
        rows = call(_POST_MANY, columns)
    outcomes = [_outcome(item, *row) for item, row in zip(items, rows, strict=True)]
    for number, why in unsent.items():
        if not isinstance(outcomes[number].refusal, GroupRefused):
            outcomes[number] = Outcome(None, why)
    return outcomes


_NOTHING = Item("", "", ())


def _columns(items: Sequence[Item]) -> list[str]:
    """Return the items as ``ledger_post_many`` takes them: an array for each of their parts."""
    legs = [(number, leg) for number, item in enumerate(items, 1) for leg in item.legs]
    groups: dict[str | None, str | None] = {None: None}
    return [
        texts([item.kind for item in items]),
        texts([item.reference for item in items]),
        texts([str(item.effective_at) if item.effective_at else None for item in items]),
        texts([item.description for item in items]),
        texts([document(item.metadata) for item in items]),
        texts([groups.setdefault(item.group, str(len(groups))) for item in items]),
        integers([number for number, _ in legs]),
        _accounts([leg for _, leg in legs]),
        integers([leg.amount_minor for _, leg in legs]),
        texts([leg.currency for _, leg in legs]),
    ]


def _accounts(legs: Sequence[Leg]) -> str:
    try:
        return integers([leg.account_id for leg in legs])
    except InvalidAmount:
        worst = max((leg.account_id for leg in legs), key=abs)
        raise UnknownAccount(str(worst)) from None


def _unsendable(item: Item) -> LedgerError | None:
    try:
        _columns([item])
    except LedgerError as why:
        return why
    return None


def _outcome(
    item: Item, outcome: str, posted_id: int | None, account_id: int | None, at: datetime
) -> Outcome:
    if posted_id is not None:
        return Outcome(Posted(posted_id, at, outcome == "POSTED"), None)
    currencies = [leg.currency for leg in item.legs if leg.account_id == account_id]
    facts = {
        "account_id": account_id,
        "reference": item.reference,
        "group": item.group,
        "given": currencies[0] if currencies else "",
    }
    return Outcome(None, refusal(outcome, facts) or LedgerError(outcome))


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger posts inside a database transaction; open one around it")


def _refuse_reversal(kind: str) -> None:
    if kind == REVERSAL:
        raise EmptyTransaction
