"""What a worker does with shards: claim one, settle it, put it back when that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError

from ledger.errors import LedgerError
from merchants.errors import LeaseLost, MerchantError
from merchants.models import SettlementShard
from merchants.settlement.shards import Claim, claim, put_back, settle_shards
from merchants.states import ShardState

log = logging.getLogger(__name__)
_FAILURES = (DatabaseError, LedgerError, MerchantError)


def settle_next(*, now: Callable[[], datetime]) -> bool:
    """Settle what one claim takes; return whether there was anything that could be claimed.

    What fails together is tried one by one, and a shard that fails alone is put back, so that it
    stops no others; a connection that is gone ends the job, and the lease gives the shards back.
    """
    claimed = claim(at=now())
    if not claimed:
        return False
    if len(claimed) > 1:
        try:
            settle_shards(claimed=claimed, at=now())
        except _FAILURES:
            log.warning("%s shards failed together; each is tried alone", len(claimed))
        else:
            return True
    for one in claimed:
        _settle_alone(one, now)
    return True


def _settle_alone(claimed: Claim, now: Callable[[], datetime]) -> None:
    try:
        settle_shards(claimed=[claimed], at=now())
    except LeaseLost:
        log.warning("shard %s was taken over", claimed.shard_id)
    except _FAILURES as exc:
        log.exception("shard %s failed", claimed.shard_id)
        put_back(claimed=claimed, failure=f"{type(exc).__name__}: {exc}", at=now())


def waiting() -> int:
    """Return how many shards wait for somebody to claim them."""
    return SettlementShard.objects.filter(state=ShardState.PENDING).count()


def failure() -> str:
    """Return why the newest of the shards that failed too often is dead; empty: none is."""
    dead = SettlementShard.objects.filter(state=ShardState.DEAD).order_by("-pk")
    return dead.values_list("failure", flat=True).first() or ""
