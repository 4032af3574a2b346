"""Working through a run: shards are claimed for a time, settled whole, and given up in the end.

May be done by any number of workers, any number of times, and be killed at any line: a shard is
settled in one database transaction that ends only if the claim still holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ledger.posting import post_many
from merchants.errors import LeaseLost, ShardNotDead
from merchants.models import SettlementShard
from merchants.settlement.booking import Settled, postings
from merchants.settlement.computing import RELEASE, RESERVE, SETTLE
from merchants.settlement.facts import facts_of
from merchants.states import ShardState
from wallet.idempotency import use_case

LEASE = timedelta(minutes=5)  # well above what a shard takes
MOST_ATTEMPTS = 5

# A shard waits for the same shard of earlier runs, since a settlement continues the one before;
# one that is dead keeps the later ones waiting until a person looked into it.
_FREE = """
    s.state = 'PENDING' AND coalesce(s.lease_until, '-infinity') <= %(at)s
    OR s.state = 'CLAIMED' AND s.lease_until <= %(at)s
"""
_BURY = """
    UPDATE merchants_settlementshard AS s SET state = 'DEAD'
    WHERE s.state = 'CLAIMED' AND s.lease_until <= %(at)s AND s.attempts >= %(most)s
"""
_CLAIM = f"""
    UPDATE merchants_settlementshard AS c
    SET state = 'CLAIMED', token = c.token + 1, attempts = c.attempts + 1, lease_until = %(until)s
    WHERE c.id = (
        SELECT s.id FROM merchants_settlementshard AS s
        WHERE ({_FREE}) AND s.attempts < %(most)s AND NOT EXISTS (
            SELECT FROM merchants_settlementshard AS e
            WHERE e.number = s.number AND e.run_id < s.run_id AND e.state <> 'DONE'
        )
        ORDER BY s.run_id, s.number LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING c.id, c.token
"""  # noqa: S608 - made of constants of this module.

# A shard is a small part of each table, some of which grow from nothing while a run goes on: the
# planner, who knows only what they once were, would read them whole for each shard.
_BY_INDEX = "SET LOCAL enable_seqscan = off"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to settle a shard, until somebody else claims it."""

    shard_id: int
    token: int


@use_case
def claim(*, at: datetime) -> Claim | None:
    """Take a shard that is free, or whose worker seems dead; None: there is nothing to do.

    One that failed too often is given up first, so that it takes no worker with it any more.
    """
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"at": at, "until": at + LEASE, "most": MOST_ATTEMPTS}
        cursor.execute(_BURY, facts)
        cursor.execute(_CLAIM, facts)
        row = cursor.fetchone()
    return Claim(*row) if row else None


@use_case
def settle_shard(*, claimed: Claim, at: datetime) -> int:
    """Settle all merchants of a shard and book it; return how many there were.

    Raises:
        LeaseLost: another worker took the shard over.

    """
    shard = _held(claimed)
    with connection.cursor() as cursor:
        facts = facts_of(shard.run, at=at) | {"shard": shard.number}
        cursor.execute(_BY_INDEX)
        cursor.execute(SETTLE, facts)
        settled = [Settled(*row) for row in cursor.fetchall()]
        if any(row.held for row in settled):
            cursor.execute(RESERVE, facts)
        if any(row.released for row in settled):
            cursor.execute(RELEASE, facts)
    for outcome in post_many(postings(settled, run=shard.run, number=shard.number, at=at)):
        if outcome.refusal is not None:
            raise outcome.refusal
    shard.state, shard.settlement_count, shard.done_at = ShardState.DONE, len(settled), at
    shard.lease_until, shard.failure = None, ""
    shard.save()
    return len(settled)


def _held(claimed: Claim) -> SettlementShard:
    shards = SettlementShard.objects.select_related("run__calendar")
    held = shards.filter(pk=claimed.shard_id, token=claimed.token, state=ShardState.CLAIMED)
    # Until this database transaction ends nobody can claim it.
    shard = held.select_for_update(of=("self",)).first()
    if shard is None:
        raise LeaseLost
    return shard


@use_case
def put_back(*, claimed: Claim, failure: str, at: datetime) -> None:
    """Note why a shard failed, and let it be tried again after a pause that doubles."""
    shard = SettlementShard.objects.select_for_update().get(pk=claimed.shard_id)
    if (shard.token, shard.state) != (claimed.token, ShardState.CLAIMED):
        return
    is_last = shard.attempts >= MOST_ATTEMPTS
    shard.state = ShardState.DEAD if is_last else ShardState.PENDING
    shard.lease_until = at + timedelta(seconds=2**shard.attempts)
    shard.failure = failure[:200]
    shard.save()


@use_case
def revive(*, shard_id: int) -> SettlementShard:
    """Give a shard that failed too often another five attempts, once its cause was removed.

    Raises:
        ShardNotDead: it may still be claimed, or is done.

    """
    shard = SettlementShard.objects.select_for_update().get(pk=shard_id)
    if shard.state != ShardState.DEAD:
        raise ShardNotDead
    shard.state, shard.attempts, shard.lease_until = ShardState.PENDING, 0, None
    shard.save()
    return shard
