"""Working through a run: shards are claimed for a time, settled whole, and given up in the end.

May be done by any number of workers, any number of times, and be killed at any line: what was
claimed is settled in one database transaction that ends only if the claim still holds.

Note [Batches]: a statement over a shard costs some milliseconds before it reads its first row, so
a worker claims several shards of a run together, about as many as have ``BATCH`` merchants. Only
shards that nobody has tried before are taken together, and what fails together is tried again one
by one, so that a shard that cannot be settled stops no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
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

LEASE = timedelta(minutes=5)  # well above what a batch takes
MOST_ATTEMPTS = 5
BATCH = 4_000  # merchants
MOST_SHARDS = 64  # of a batch, so that several workers find something to do

# A shard waits for the same shard of earlier runs, since a settlement continues the one before;
# one that is dead keeps the later ones waiting until a person looked into it.
_FREE = """
    (s.state = 'PENDING' AND coalesce(s.lease_until, '-infinity') <= %(at)s
        OR s.state = 'CLAIMED' AND s.lease_until <= %(at)s)
    AND s.attempts < %(most)s AND NOT EXISTS (
        SELECT FROM merchants_settlementshard AS e
        WHERE e.number = s.number AND e.run_id < s.run_id AND e.state <> 'DONE'
    )
"""
_BURY = """
    UPDATE merchants_settlementshard AS s SET state = 'DEAD'
    WHERE s.state = 'CLAIMED' AND s.lease_until <= %(at)s AND s.attempts >= %(most)s
"""
_FIRST = f"""
    SELECT s.id, s.run_id, s.attempts,
        (SELECT count(*) FROM merchants_merchant AS m WHERE m.id %% 256 = s.number)
    FROM merchants_settlementshard AS s WHERE {_FREE}
    ORDER BY s.run_id, s.number LIMIT 1 FOR UPDATE OF s SKIP LOCKED
"""  # noqa: S608 - made of constants of this module.
_CLAIM = f"""
    UPDATE merchants_settlementshard AS c
    SET state = 'CLAIMED', token = c.token + 1, attempts = c.attempts + 1, lease_until = %(until)s
    WHERE c.id = %(first)s OR c.id IN (
        SELECT s.id FROM merchants_settlementshard AS s
        WHERE {_FREE} AND s.run_id = %(run)s AND s.attempts = 0 AND s.id <> %(first)s
        ORDER BY s.number LIMIT %(more)s FOR UPDATE SKIP LOCKED
    ) RETURNING c.id, c.token
"""  # noqa: S608 - made of constants of this module.

_DONE = """
    UPDATE merchants_settlementshard AS s
    SET state = 'DONE', settlement_count = d.count, done_at = %(at)s, lease_until = NULL,
        failure = ''
    FROM unnest(%(ids)s::bigint[], %(counts)s::integer[]) AS d (id, count)
    WHERE s.id = d.id
"""

# A batch is a small part of each table, some of which grow from nothing while a run goes on: the
# planner, who knows only what they once were, would read them whole for each batch. What is sorted
# and hashed of a batch stays in memory.
_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '64MB'"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to settle a shard, until somebody else claims it."""

    shard_id: int
    token: int


@use_case
def claim(*, at: datetime) -> list[Claim]:
    """Take shards that are free, or whose worker seems dead; none: there is nothing to do.

    Those that failed too often are given up first, so that they take no worker with them any more.
    """
    facts: dict[str, Any] = {"at": at, "until": at + LEASE, "most": MOST_ATTEMPTS}
    with connection.cursor() as cursor:
        cursor.execute(_BURY, facts)
        cursor.execute(_FIRST, facts)
        row = cursor.fetchone()
        if row is None:
            return []
        first, run, attempts, merchants = row
        size = min(MOST_SHARDS, max(1, BATCH // max(1, merchants)))
        more = 0 if attempts else size - 1
        cursor.execute(_CLAIM, facts | {"first": first, "run": run, "more": more})
        return sorted((Claim(*row) for row in cursor.fetchall()), key=lambda c: c.shard_id)


@use_case
def settle_shards(*, claimed: Sequence[Claim], at: datetime) -> int:
    """Settle all merchants of shards of a run and book it; return how many there were.

    Raises:
        LeaseLost: another worker took one of the shards over.

    """
    shards = _held(claimed)
    run, numbers = shards[0].run, [shard.number for shard in shards]
    with connection.cursor() as cursor:
        facts = facts_of(run, at=at) | {"shards": numbers}
        cursor.execute(_BY_INDEX)
        cursor.execute(SETTLE, facts)
        settled = [Settled(*row) for row in cursor.fetchall()]
        if any(row.held for row in settled):
            cursor.execute(RESERVE, facts)
        if any(row.released for row in settled):
            cursor.execute(RELEASE, facts)
    by_shard = groupby(sorted(settled, key=_shard_of), key=_shard_of)
    parts = {number: list(rows) for number, rows in by_shard}
    items = [
        item
        for number, rows in parts.items()
        for item in postings(rows, run=run, number=number, at=at)
    ]
    for outcome in post_many(items):
        if outcome.refusal is not None:
            raise outcome.refusal
    counts = [len(parts.get(shard.number, ())) for shard in shards]
    with connection.cursor() as cursor:
        cursor.execute(_DONE, {"ids": [s.pk for s in shards], "counts": counts, "at": at})
    return len(settled)


def _shard_of(settled: Settled) -> int:
    return settled.merchant_id % 256


def _held(claimed: Sequence[Claim]) -> list[SettlementShard]:
    tokens = {one.shard_id: one.token for one in claimed}
    shards = SettlementShard.objects.select_related("run__calendar")
    rows = shards.filter(pk__in=tokens, state=ShardState.CLAIMED)
    # Until this database transaction ends nobody can claim them.
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if {shard.pk: shard.token for shard in found} != tokens:
        raise LeaseLost
    return found


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
