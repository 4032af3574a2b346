"""What a worker does with shards: claim one, settle it, put it back when that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError

from ledger.errors import LedgerError
from merchants.errors import LeaseLost, MerchantError
from merchants.models import SettlementShard
from merchants.settlement.shards import claim, put_back, settle_shard
from merchants.states import ShardState

log = logging.getLogger(__name__)


def settle_next(*, now: Callable[[], datetime]) -> bool:
    """Settle one shard; return whether there was one that could be claimed.

    One that fails is put back, so that it stops no others; a connection that is gone ends the job,
    and the lease gives the shard back.
    """
    claimed = claim(at=now())
    if claimed is None:
        return False
    try:
        settle_shard(claimed=claimed, at=now())
    except LeaseLost:
        log.warning("shard %s was taken over", claimed.shard_id)
    except (DatabaseError, LedgerError, MerchantError) as exc:
        log.exception("shard %s failed", claimed.shard_id)
        put_back(claimed=claimed, failure=f"{type(exc).__name__}: {exc}", at=now())
    return True


def waiting() -> int:
    """Return how many shards wait for somebody to claim them."""
    return SettlementShard.objects.filter(state=ShardState.PENDING).count()


def failure() -> str:
    """Return why the newest of the shards that failed too often is dead; empty: none is."""
    dead = SettlementShard.objects.filter(state=ShardState.DEAD).order_by("-pk")
    return dead.values_list("failure", flat=True).first() or ""
