"""Measuring a payment by all rules at once: one query, inside the payment's database transaction.

The payer's wallet is locked, so what its payments come to cannot change before this one counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from ledger.money import Money
from merchants.models import RiskRule, Store
from merchants.risk.deciding import Measured
from wallet.models import Wallet

EARTH_METRES = 6_371_000
_PER_DEGREE = 1_000_000

_MEASURE = "SELECT * FROM merchants_measure_risk(%s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Position:
    """A place on earth, in millionths of a degree."""

    latitude_e6: int
    longitude_e6: int


def measure(
    *, wallet: Wallet, store: Store, amount: Money, position: Position | None, at: datetime
) -> list[Measured]:
    """Return what each rule that is not ended finds about a payment of a locked wallet."""
    facts = [
        *(wallet.pk, store.merchant_id, amount.minor, amount.currency),
        at.astimezone(ZoneInfo(store.zone)).hour,
        *(metres_between(place_of(store), position), at),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, facts)
        rows = cursor.fetchall()
    return [
        Measured(rule_id, code, RiskRule.Outcome(outcome), is_dry_run, threshold, value)
        for rule_id, code, outcome, is_dry_run, threshold, value in rows
    ]


def place_of(store: Store) -> Position | None:
    """Return where a store is; None where that is not known."""
    if store.latitude_e6 is None or store.longitude_e6 is None:
        return None
    return Position(store.latitude_e6, store.longitude_e6)


def metres_between(one: Position | None, other: Position | None) -> int | None:
    """Return the distance along the surface, None where one of the places is not known."""
    if one is None or other is None:
        return None
    north, other_north = _radians(one.latitude_e6), _radians(other.latitude_e6)
    east = _radians(other.longitude_e6 - one.longitude_e6)
    half = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin(east / 2) ** 2
    )
    return round(2 * EARTH_METRES * math.asin(math.sqrt(min(1, half))))


def _radians(e6: int) -> float:
    return math.radians(e6 / _PER_DEGREE)
