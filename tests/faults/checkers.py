"""C1 to C10: what must hold between what clients saw and what the ledger says.

Each is a function of the history and the final state that yields a sentence for each thing wrong.
Each has its planted bug in ``test_checkers.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.faults.book import Book, Effect
from tests.faults.history import FAIL, INFO, OK, Event, Intent, intents

_REPLY_NAMES = {"transfer": "id", "payment": "number", "refund": "number"}
STRICT_SECONDS = 5.0  # what is asked for where the machine is ours alone
_REUSED, _SERVER_ERROR, _BUSY = 422, 500, 503
Interval = tuple[float, float, str]  # from, to, what was done meanwhile


@dataclass(slots=True)
class Run:
    """A finished run: events, final state, how much money was put in, when each fault healed.

    ``live_seconds`` is how long after a fault has healed the next answer may take.
    """

    events: list[Event]
    book: Book
    funded_minor: int
    healed_at: list[float] = field(default_factory=list)
    ended_at: float = 0.0
    live_seconds: float = STRICT_SECONDS
    graceful: list[Interval] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # faults that this machine does not allow
    _intents: dict[str, Intent] | None = None

    @property
    def intents(self) -> dict[str, Intent]:
        """The intents, by key."""
        if self._intents is None:
            self._intents = intents(self.events)
        return self._intents


def c1_acknowledged_is_in_the_ledger_once(run: Run) -> Iterator[str]:
    """Every acknowledged key is in the ledger exactly once, as answered, with its amounts."""
    for intent in run.intents.values():
        if intent.outcome != OK:
            continue
        effects = run.book.effects.get(intent.key, [])
        if len(effects) != 1:
            yield f"{intent.op} {intent.key} was acknowledged and has {len(effects)} effects"
            continue
        yield from _differs(run, intent, effects[0])


def _differs(run: Run, intent: Intent, effect: Effect) -> Iterator[str]:
    named = {answer.get(_REPLY_NAMES[intent.op]) for answer in intent.answers}
    if named != {effect.public_id}:
        yield f"{intent.key} was answered as {named}, and is {effect.public_id}"
    if effect.minor != intent.facts["minor"]:
        yield f"{intent.key} moved {effect.minor} instead of {intent.facts['minor']}"
    if len(run.book.transactions.get(effect.reference, [])) != 1:
        yield f"{effect.reference} is not in the ledger exactly once"


def c2_refused_has_no_effect(run: Run) -> Iterator[str]:
    """A decline is a decline; a reused key with another body is refused and moves nothing."""
    for intent in run.intents.values():
        if intent.outcome == FAIL and run.book.effects.get(intent.key):
            yield f"{intent.op} {intent.key} was refused and has an effect"
        for event in intent.changed:
            if event.type == OK or (event.type == FAIL and event.status != _REUSED):
                yield f"another body under {intent.key} was answered {event.status}"


def c3_unknown_is_known_at_the_end(run: Run) -> Iterator[str]:
    """Every unknown outcome was found out by sending it again; none happened twice."""
    for intent in run.intents.values():
        count = len(run.book.effects.get(intent.key, []))
        if intent.outcome == INFO:
            yield f"{intent.op} {intent.key} is still unknown, with {count} effects"
        if count > 1:
            yield f"{intent.op} {intent.key} happened {count} times"


def c4_money_is_conserved(run: Run) -> Iterator[str]:
    """What was put in is there, at the end and at each look in between; nobody is below zero."""
    if sum(entry.amount_minor for entry in run.book.entries) != 0:
        yield "debits and credits of the whole book differ"
    if not run.book.totals:
        yield "nobody looked at the sum of all money"
    for total in run.book.totals:
        if total != run.funded_minor:
            yield f"a reader saw {total} instead of {run.funded_minor}"
    for account in run.book.accounts.values():
        floor = account.floor_minor
        if floor is not None and account.balance_minor * account.normal_sign < floor:
            yield f"{account.code} is below its floor"
    yield from _read_below_zero(run)


def _read_below_zero(run: Run) -> Iterator[str]:
    for event in run.events:
        if event.op == "read" and event.type == OK:
            amount = int(event.answer["available"]["amount"])
            if amount < 0:
                yield f"a client read a balance of {amount}"


def c5_balances_are_sums(run: Run) -> Iterator[str]:
    """Each transaction balances; each stored balance is the sum of its entries, and the last's."""
    sums: dict[int, int] = defaultdict(int)
    afters: dict[int, int | None] = {}
    by_transaction: dict[int, list[int]] = defaultdict(list)
    for entry in run.book.entries:
        sums[entry.account_id] += entry.amount_minor
        afters[entry.account_id] = entry.after_minor
        by_transaction[entry.transaction_id].append(entry.amount_minor)
    for pk, amounts in by_transaction.items():
        if len(amounts) < 2 or sum(amounts) != 0:
            yield f"transaction {pk} has the entries {amounts}"
    for pk, account in run.book.accounts.items():
        if account.balance_minor != sums[pk]:
            yield f"{account.code} stores {account.balance_minor}, its entries say {sums[pk]}"
        if account.stripes == 1 and pk in afters and afters[pk] != sums[pk]:
            yield f"the last entry of {account.code} says {afters[pk]} instead of {sums[pk]}"


def c6_replay_agrees(run: Run) -> Iterator[str]:
    """A model of one page, fed with the entries in their order, has every balance the book has."""
    balances: dict[int, int] = defaultdict(int)
    for entry in run.book.entries:
        balances[entry.account_id] += entry.amount_minor
        account, balance = run.book.accounts[entry.account_id], balances[entry.account_id]
        if account.stripes == 1 and entry.after_minor != balance:
            yield f"entry {entry.id} leaves {entry.after_minor}, the model {balance}"
        floor = account.floor_minor
        if floor is not None and balance * account.normal_sign < floor:
            yield f"entry {entry.id} takes {account.code} below its floor"


def c7_real_time_order(run: Run) -> Iterator[str]:
    """What was acknowledged before another thing on the same wallet was asked for stands first."""
    places: dict[tuple[int, int], int] = {}
    for entry in run.book.entries:
        places[entry.transaction_id, entry.account_id] = entry.id
    by_wallet: dict[int, list[tuple[float, float, int, str]]] = defaultdict(list)
    for intent in run.intents.values():
        effects = run.book.effects.get(intent.key, [])
        if intent.acknowledged_at is None or len(effects) != 1 or "from" not in intent.facts:
            continue
        for pk in run.book.transactions.get(effects[0].reference, []):
            place = places.get((pk, intent.facts["from"]))
            if place is not None:
                row = (intent.invoked_at, intent.acknowledged_at, place, intent.key)
                by_wallet[intent.facts["from"]].append(row)
    for rows in by_wallet.values():
        yield from _out_of_order(rows)


def _out_of_order(rows: list[tuple[float, float, int, str]]) -> Iterator[str]:
    """Sweep over invocations; whatever was acknowledged before must have a lower place."""
    acknowledged = sorted(rows, key=lambda row: row[1])
    highest, next_one = (0, ""), 0
    for invoked_at, _, place, key in sorted(rows):
        while next_one < len(rows) and acknowledged[next_one][1] < invoked_at:
            highest = max(highest, (acknowledged[next_one][2], acknowledged[next_one][3]))
            next_one += 1
        if place < highest[0]:
            yield f"{key} was asked for after {highest[1]} was acknowledged, and stands before it"


def c8_everything_is_told_and_settled_once(run: Run) -> Iterator[str]:
    """Each effect reaches both sides' inboxes once, and each payment one settlement."""
    for effects in run.book.effects.values():
        for effect in effects:
            for kind in _KINDS[effect.op]:
                told = run.book.told.get((kind, effect.public_id), (0, 0, 0))
                if told != (1, 1, 0):
                    yield f"{kind} of {effect.reference}: events, notices, undelivered {told}"
            if effect.op != "transfer":
                items = run.book.settled.get(effect.reference, [])
                if any(count != 1 for count in items) or not items:
                    yield f"{effect.reference} is in {items} settlement items"


_KINDS: dict[str, tuple[str, ...]] = {
    "transfer": ("transfer.sent", "transfer.received"),
    "payment": ("payment.succeeded",),
    "refund": (),
}


def c9_the_book_verifies(run: Run) -> Iterator[str]:
    """Every invariant and every seal, recomputed by the project's own command, holds."""
    if run.book.verified:
        yield run.book.verified


def c10_it_comes_back(run: Run) -> Iterator[str]:
    """After each fault has healed, somebody is answered within the bound."""
    answered = [event.at for event in run.events if event.type in {OK, FAIL}]
    for healed in run.healed_at:
        until = healed + run.live_seconds
        if until <= run.ended_at and not any(healed <= at <= until for at in answered):
            yield f"nobody was answered within {run.live_seconds} s of a healed fault"


def c11_nothing_fails_while_it_is_deployed(run: Run) -> Iterator[str]:
    """While workers are replaced or tables changed, each request is answered.

    Who is turned away because there is too much to do is answered. Where C10 is not strict, since
    the machine has other work, lateness and any 503 are its load, too.
    """
    is_strict = run.live_seconds <= STRICT_SECONDS
    for start, end, name in run.graceful:
        for event in run.events:
            if event.type == INFO and start <= event.at <= end:
                is_shed = event.answer.get("code") == "overloaded"
                is_late = "TimeoutError" in event.answer.get("error", "") or event.status == _BUSY
                failed = event.status == 0 or event.status >= _SERVER_ERROR
                if failed and not is_shed and (is_strict or not is_late):
                    yield f"{event.op} {event.key} during {name}: {event.status} {event.answer}"


CHECKERS: dict[str, Callable[[Run], Iterator[str]]] = {
    "C1": c1_acknowledged_is_in_the_ledger_once,
    "C2": c2_refused_has_no_effect,
    "C3": c3_unknown_is_known_at_the_end,
    "C4": c4_money_is_conserved,
    "C5": c5_balances_are_sums,
    "C6": c6_replay_agrees,
    "C7": c7_real_time_order,
    "C8": c8_everything_is_told_and_settled_once,
    "C9": c9_the_book_verifies,
    "C10": c10_it_comes_back,
    "C11": c11_nothing_fails_while_it_is_deployed,
}


def check(run: Run) -> dict[str, list[str]]:
    """Return what each checker found."""
    return {name: list(checker(run)) for name, checker in CHECKERS.items()}
