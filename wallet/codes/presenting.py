"""Whose code it is, and making sure that it is good once.

Note [Presented once]
A code belongs to the first thing it is presented for: that row is unique by handle and step, so
a copy that is read at another till, or a screenshot, finds it taken. Presented for the same thing
again, as a till does that lost the answer, it says the same again. Guesses at one handle queue at
its row, and a wrong one is counted and committed before the answer: however many arrive at once,
after five wrong ones none is accepted. What is taken is committed by itself too, but without
waiting for the disk: the payment that follows it takes it there, and without one nothing moved.

A good code is taken by one statement, which queues at the row as well and looks there at whatever
may have changed; which digits are good cannot change. Whatever it does not take is judged anew, in
a database transaction that holds the row.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from django.db import connection, transaction

from ledger.calls import call, columns, loaded
from wallet.codes import misses
from wallet.codes.digits import ConsumerCode, one_time_digits, parse, step_at
from wallet.codes.handles import key_of, steps_of
from wallet.errors import ConsumerCodeRefused, TooManyBadCodes
from wallet.models import CodeHandle, CodeMisses, CodeUse, Device, Wallet
from wallet.models.codes import MAX_FAILURES, SALT_BYTES

# The misses of the presenter and of all; the handle, with whose it is. Of a handle that
# there is not, nothing.
_LOOK = f"""
    SELECT
        (SELECT m.misses FROM wallet_codemisses AS m WHERE m.subject = $2 AND m.hour = $3),
        (SELECT m.misses FROM wallet_codemisses AS m WHERE m.subject = $4 AND m.hour = $3),
        d.revoked_at, {columns(CodeHandle, "h")}, {columns(Wallet, "w")}
    FROM wallet_codehandle AS h INNER JOIN wallet_wallet AS w ON w.id = h.wallet_id
    LEFT JOIN wallet_device AS d ON d.id = h.device_id
    WHERE h.handle = $1
"""  # noqa: S608 - of names of columns alone.
_LOCK = f"{_LOOK} FOR NO KEY UPDATE OF h"
# What ``_is_good`` asks, of the row as it is once it is locked.
_TAKE = """
    INSERT INTO wallet_codeuse (handle_id, step, presented_for, used_at)
    SELECT h.id, $2::bigint, $3, $4::timestamptz
    FROM wallet_codehandle AS h INNER JOIN wallet_wallet AS w ON w.id = h.wallet_id
    LEFT JOIN wallet_device AS d ON d.id = h.device_id
    CROSS JOIN set_config('synchronous_commit', 'off', TRUE)
    WHERE h.id = $1 AND h.failures < $5 AND h.expires_at > $4
        AND d.revoked_at IS NULL AND w.status = 'OPEN'
    FOR NO KEY UPDATE OF h
    ON CONFLICT ON CONSTRAINT wallet_code_step_once DO NOTHING RETURNING id
"""
_HANDLE_WIDTH = columns(CodeHandle, "h").count(",") + 1
_NO_SALT = bytes(SALT_BYTES)


@dataclass(frozen=True, slots=True)
class Presented:
    """Who presents a code (bad ones are counted by it), and what for, both as the caller calls it.

    What it is for is told apart from all else in the system: with the presenter's name in it.
    """

    by: str
    what_for: str


def take(*, code: str, presented: Presented, at: datetime) -> Wallet:
    """Return the wallet whose code this is, and keep the code for what it is presented for.

    See Note [Presented once]. The wallet is not locked; whoever moves money looks at it again.

    Raises:
        ConsumerCodeMalformed: it is no payer's code; nothing is counted.
        ConsumerCodeRefused: it is not good, or was presented for something else.
        TooManyBadCodes: too many bad codes came from this presenter.
        RuntimeError: a database transaction is open, whose end could undo the count.

    """
    asked = parse(code)
    # In a database transaction, what is taken would not be committed by itself.
    wallet = None if connection.in_atomic_block else _take_at_once(asked, presented, at)
    return wallet or _take(asked, presented, at)


def _take_at_once(asked: ConsumerCode, presented: Presented, at: datetime) -> Wallet | None:
    """Take a good code by one statement; None, with nothing done, where there is more to it."""
    row = _find(_LOOK, asked.handle, presented, at)
    step = _step_of(row, asked, at)
    if row is None or step is None or not _took(row, step, presented, at):
        return None
    return row.wallet


def _take(asked: ConsumerCode, presented: Presented, at: datetime) -> Wallet:
    with transaction.atomic(durable=True):
        row = _find(_LOCK, asked.handle, presented, at)
        wallet = _judge(row, asked, presented, at)
        if wallet is None:
            misses.count(subject=presented.by, at=at)
    if wallet is None:
        raise ConsumerCodeRefused
    return wallet


def _find(
    query: LiteralString, handle: str, presented: Presented, at: datetime
) -> CodeHandle | None:
    """Return the handle with its wallet and device; None where there is none.

    Raises:
        TooManyBadCodes: too many bad codes came from this presenter.

    """
    rows = call(query, [handle, presented.by, misses.hour_of(at), CodeMisses.ALL])
    own, everywhere = rows[0][:2] if rows else misses.counted(subject=presented.by, at=at)
    if misses.are_too_many(own=own or 0, everywhere=everywhere or 0):
        raise TooManyBadCodes
    return _handle(*rows[0][2:]) if rows else None


def _handle(revoked_at: datetime | None, *found: Any) -> CodeHandle:
    row = loaded(CodeHandle, found[:_HANDLE_WIDTH])
    row.wallet = loaded(Wallet, found[_HANDLE_WIDTH:])
    row.device = None if row.device_id is None else Device(pk=row.device_id, revoked_at=revoked_at)
    return row


def _judge(
    row: CodeHandle | None, asked: ConsumerCode, presented: Presented, at: datetime
) -> Wallet | None:
    """Return whose code it is; None for one that is refused, after counting it on its handle."""
    step = _step_of(row, asked, at)
    if row is None:
        return None
    if step is None and not _was_presented(row, asked, presented):
        _count_failure(row)
        return None
    if step is None:
        return row.wallet
    if not _is_good(row, at):
        return None
    if _took(row, step, presented, at) or _was_presented(row, asked, presented):
        return row.wallet
    return None


def _step_of(row: CodeHandle | None, asked: ConsumerCode, at: datetime) -> int | None:
    """Return the step whose digits these are; computed for an unknown handle all the same."""
    key = key_of(_NO_SALT if row is None else bytes(row.salt))
    now = step_at(at)
    steps = (now,) if row is None else steps_of(row, now)
    found = [s for s in steps if hmac.compare_digest(one_time_digits(key, s), asked.one_time)]
    return found[0] if found else None


def _is_good(row: CodeHandle, at: datetime) -> bool:
    """Tell whether the handle is one to pay by: not locked, ended, lost or frozen."""
    if row.failures >= MAX_FAILURES or at >= row.expires_at:
        return False
    if row.device is not None and row.device.revoked_at is not None:
        return False
    return row.wallet.status == Wallet.Status.OPEN


def _count_failure(row: CodeHandle) -> None:
    if row.failures < MAX_FAILURES:
        row.failures += 1
        row.save(update_fields=["failures"])


def _took(row: CodeHandle, step: int, presented: Presented, at: datetime) -> bool:
    return bool(call(_TAKE, [row.pk, step, presented.what_for, at, MAX_FAILURES]))


def _was_presented(row: CodeHandle, asked: ConsumerCode, presented: Presented) -> bool:
    """Tell whether this code was taken for this very thing before."""
    key = key_of(bytes(row.salt))
    uses = CodeUse.objects.filter(handle=row, presented_for=presented.what_for)
    return any(hmac.compare_digest(one_time_digits(key, use.step), asked.one_time) for use in uses)
