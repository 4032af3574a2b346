"""What the simulated bank knows: its own accounts, and what it was asked. A restart forgets all.

Each of its movements goes from one account to another, so that its books can be compared with the
wallet's: what stands on ``safeguarding`` here is what the wallet says it has at the bank.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ledger.money import Money

SAFEGUARDING, OPERATING, OUTSIDE = "safeguarding", "operating", "outside"
PAGE = 100
BANK_ZONE = ZoneInfo("Asia/Seoul")
_NUMBER_PREFIX = "79"
_NUMBER_DIGITS = 12

Record = dict[str, Any]


def _token() -> str:
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Movement:
    """What stands on a statement: money that came to an account, or left it."""

    at: datetime
    account: str
    money: Money
    reference: str
    end_to_end_id: str
    text: str
    returned: str


@dataclass
class Books:
    """The bank's memory; whoever reads and then writes holds ``lock``."""

    secret: str
    address: str = ""
    top_ups: dict[str, Record] = field(default_factory=dict)
    approvals: dict[str, str] = field(default_factory=dict)
    withdrawals: dict[str, Record] = field(default_factory=dict)
    checks: dict[str, Record] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    numbers: dict[str, Record] = field(default_factory=dict)
    deposits: dict[str, list[str]] = field(default_factory=dict)
    balances: Counter[tuple[str, str]] = field(default_factory=Counter)
    feed: list[Record] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    run: str = field(default_factory=_token)
    files: dict[str, Record] = field(default_factory=dict)
    payments: dict[str, Record] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the bank's time, which whoever plays the world outside may set ahead."""
        return datetime.now(BANK_ZONE) + self.ahead

    def move(self, source: str, target: str, record: Record, *, returned: str = "") -> None:
        """Move a record's amount between two of the bank's accounts.

        ``returned`` is the code of the reason why a payment comes back.
        """
        money = Money.from_major(record["amount"], record["currency"])
        with self.lock:
            self.balances[source, money.currency] -= money.minor
            self.balances[target, money.currency] += money.minor
            for account, minor in ((source, -money.minor), (target, money.minor)):
                self.movements.append(
                    Movement(
                        at=self.now(),
                        account=account,
                        money=Money(minor, money.currency),
                        reference=str(record.get("reference") or self.reference()),
                        end_to_end_id=str(record.get("end_to_end_id", "")),
                        text=str(record.get("text", "")),
                        returned=returned,
                    )
                )

    def tell(self, message: Record) -> Record:
        """Write a message in the list that callers read with ``GET /feed``."""
        with self.lock:
            self.feed.append(message)
        return message

    def feed_after(self, place: str) -> tuple[list[Record], str]:
        """Return messages after a place of this run, and the place after them."""
        run, _, position = place.partition("-")
        start = int(position) if run == self.run and position.isdigit() else 0
        with self.lock:
            page = self.feed[start : start + PAGE]
        return page, f"{self.run}-{start + len(page)}"

    def number_for(self, asked: Record) -> str:
        """Return the account number that stands for an id, the same one each time."""
        with self.lock:
            for number, owner in self.numbers.items():
                if owner["id"] == asked["id"]:
                    return number
            serial = secrets.randbelow(10 ** (_NUMBER_DIGITS - len(_NUMBER_PREFIX)))
            number = f"{_NUMBER_PREFIX}{serial:0{_NUMBER_DIGITS - len(_NUMBER_PREFIX)}}"
            self.numbers[number] = asked
        return number

    def reference(self) -> str:
        """Return a reference that the bank has given to nothing else."""
        return f"{self.run}-{_token()}"
