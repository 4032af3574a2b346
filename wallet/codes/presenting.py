"""Whose code it is, and making sure that it is good once.

Note [Presented once]
A code belongs to the first thing it is presented for: that row is unique by handle and step, so
a copy that is read at another till, or a screenshot, finds it taken. Presented for the same thing
again, as a till does that lost the answer, it says the same again. Guesses at one handle queue at
its row, and a wrong one is counted and committed before the answer: however many arrive at once,
five wrong ones are compared and no more. What is taken is committed by itself too, but without
waiting for the disk: the payment that follows it takes it there, and without one nothing moved.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from wallet.codes import misses
from wallet.codes.digits import ConsumerCode, one_time_digits, parse, step_at
from wallet.codes.handles import key_of, steps_of
from wallet.errors import ConsumerCodeRefused, TooManyBadCodes
from wallet.models import CodeHandle, CodeUse, Wallet
from wallet.models.codes import MAX_FAILURES, SALT_BYTES

_TAKE = """
    INSERT INTO wallet_codeuse (handle_id, step, presented_for, used_at)
    SELECT %s, %s, %s, %s FROM set_config('synchronous_commit', 'off', TRUE)
    ON CONFLICT ON CONSTRAINT wallet_code_step_once DO NOTHING
"""
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
    with transaction.atomic(durable=True):
        if misses.is_refused(subject=presented.by, at=at):
            raise TooManyBadCodes
        row = _locked(asked.handle)
        wallet = _judge(row, asked, presented, at)
        if wallet is None:
            misses.count(subject=presented.by, at=at)
    if wallet is None:
        raise ConsumerCodeRefused
    return wallet


def _locked(handle: str) -> CodeHandle | None:
    rows = CodeHandle.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("wallet", "device").filter(handle=handle).first()


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
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [row.pk, step, presented.what_for, at])
        return bool(cursor.rowcount)


def _was_presented(row: CodeHandle, asked: ConsumerCode, presented: Presented) -> bool:
    """Tell whether this code was taken for this very thing before."""
    key = key_of(bytes(row.salt))
    uses = CodeUse.objects.filter(handle=row, presented_for=presented.what_for)
    return any(hmac.compare_digest(one_time_digits(key, use.step), asked.one_time) for use in uses)
