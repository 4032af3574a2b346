"""How lines and movements are matched: the rules in their order, and how far each is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

VERSION = 1
HOME_ZONE = ZoneInfo("Asia/Seoul")
COUNTRY = "KR"
# How certain a match by a rule is, of 100.
SCORES = {"P1": 100, "P2": 95, "P3": 95, "P4": 90, "P5": 70, "P6": 60, "P7": 50, "MANUAL": 100}
GUESSES = frozenset({"P5", "P6"})
# The days around the expected one within which an amount alone may tell: bank days each way.
WINDOW_BANK_DAYS = 3
# A movement is not missed before so many bank days have passed.
GRACE_BANK_DAYS = 1
MOST_CANDIDATES = 25
MOST_SUBSETS = 200
LOOK_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Rules:
    """What finance may set: up to which amount a guess is taken, and which difference forgiven.

    Both are minor units per currency. A currency that is not named is trusted with nothing.
    """

    confirm_guesses_up_to: Mapping[str, int] = field(
        default_factory=lambda: {"KRW": 100_000, "CNY": 50_000}
    )
    tolerance: Mapping[str, int] = field(default_factory=dict)


DEFAULT = Rules()
