"""The model: who has how much, in dictionaries, and why something would be refused.

It knows nothing of entries, keys, locks or the database; that is why it can be believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FUNDS = "insufficient_funds"
NOT_OPEN = {"wallet_not_open", "account_frozen"}


@dataclass(slots=True)
class Purse:
    """One person's money."""

    available: int = 0
    held: int = 0
    is_frozen: bool = False


@dataclass(slots=True)
class Bill:
    """A payment: whose, how much was taken or set aside, how much was given back."""

    payer: str
    minor: int
    state: str
    taken: int = 0
    refunded: int = 0


@dataclass(slots=True)
class Letter:
    """Money that waits for whoever signs up with a number: whose, how much, by which token."""

    sender: str
    minor: int
    token: str
    number: int
    is_open: bool = True


@dataclass(slots=True)
class Purses:
    """Everybody's money, what the shop took, and what waits."""

    people: dict[str, Purse] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    shop: int = 0
    put_in: int = 0

    def refuses_to_pay(self, payer: str, minor: int) -> set[str]:
        """Return the codes under which a payment may be refused; none: it has to go through."""
        purse = self.people[payer]
        codes = {FUNDS} if minor > purse.available else set()
        return codes | (NOT_OPEN if purse.is_frozen else set())

    def refuses_to_take(self, *names: str) -> set[str]:
        """Return the codes under which anything that touches these purses may be refused."""
        return NOT_OPEN if any(self.people[name].is_frozen for name in names) else set()

    @property
    def total(self) -> int:
        """What all have in sum: what was put in, wherever it went."""
        waiting = sum(letter.minor for letter in self.letters.values() if letter.is_open)
        held = sum(purse.available + purse.held for purse in self.people.values())
        return held + waiting + self.shop
