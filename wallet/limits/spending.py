"""Counting what leaves a wallet, and what comes in, against its limits.

Whoever calls holds the wallet's lock (``wallet.wallets.lock``) and is in a database transaction:
between reading what was used and writing what is used now, nobody else spends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ledger.money import Money
from wallet.errors import LimitExceeded, RecipientFull
from wallet.limits import usage
from wallet.limits.rules import Kind, Movement, Rule, Standing, decide, fits_at, standing
from wallet.models import CodeKind, Period, Spend, Wallet
from wallet.models.limits import ANY
from wallet.proof.proofs import Proof

_ALL = Kind(ANY, ANY, ANY)
_WRITE = "SELECT wallet_write_spend(%s, %s, %s, %s, %s, %s, %s)"


def spend(  # noqa: PLR0913 - a movement is its properties.
    *,
    wallet: Wallet,
    purpose: str,
    amount: Money,
    proof: Proof,
    at: datetime,
    code: str = "",
    reference: str | None = None,
) -> None:
    """Count an amount leaving a locked wallet; refuse what is above a limit.

    Args:
        wallet: fresh, and locked by the caller.
        purpose: TRANSFER, PAYMENT or WITHDRAWAL.
        amount: in the wallet's currency.
        proof: its means is what some limits go by.
        at: counts in the 24 hours and the 30 days after it.
        code: STATIC, DYNAMIC or CONSUMER for a payment by code.
        reference: names the movement, for one that may be given back.

    Raises:
        LimitExceeded: the amount, or one more movement, is above a limit.

    """
    kind = kind_of(purpose, proof, code)
    permit(wallet=wallet, books=usage.read(wallet=wallet, at=at), kind=kind, amount=amount, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [wallet.pk, kind.purpose, kind.means, kind.code_kind, amount.minor, at, reference],
        )


def kind_of(purpose: str, proof: Proof, code: str = "") -> Kind:
    """Return what the limits tell a movement from others by."""
    return Kind(purpose, proof.means.value, CodeKind(code or CodeKind.NONE).value)


def permit(*, wallet: Wallet, books: usage.Books, kind: Kind, amount: Money, at: datetime) -> None:
    """Refuse a movement that is above a limit by what was read of them.

    Raises:
        LimitExceeded: the amount, or one more movement, is above a limit.

    """
    verdict = decide(books.rules, books.usage, Movement(kind, amount.minor))
    if verdict.broken is not None:
        past = usage.counted(wallet=wallet, found=verdict.broken, at=at)
        raise _refusal(verdict.broken, fits_at(verdict.broken, past, amount.minor), amount)


def give_back(*, reference: str, amount: Money) -> None:
    """Free what a returned or cancelled movement used, whole or in part; once per reference.

    A movement that was never counted, or was given back before, is left as it is: a return must
    not fail because of the limits.
    """
    first = Spend.objects.filter(reference=reference, gives_back=None, given_back=None).first()
    if first is None or amount.minor <= 0:
        return
    given = min(amount.minor, first.amount_minor)
    back = Spend(
        wallet_id=first.wallet_id,
        purpose=first.purpose,
        means=first.means,
        code_kind=first.code_kind,
        amount_minor=-given,
        count=-1 if given == first.amount_minor else 0,
        spent_at=first.spent_at,
        gives_back=first,
    )
    # Of two at once, one writes: the other meets the unique link and has nothing to do.
    Spend.objects.bulk_create([back], ignore_conflicts=True)


def admit(*, wallet: Wallet, amount: Money, at: datetime, by_holder: bool = True) -> None:  # noqa: ARG001
    """Refuse an amount that a locked wallet has no room for, before anything is asked or sent.

    Money that has arrived is never refused: what is pending is counted here, at the asking.

    Args:
        wallet: fresh, and locked by the caller.
        amount: what is to come in.
        at: when; the room does not depend on it.
        by_holder: False for a sender's question, who learns nothing of what the wallet holds.

    Raises:
        LimitExceeded: the holder asks for more than the wallet may hold.
        RecipientFull: a sender offers more than the wallet may hold.

    """
    make_room(usage.room_of(wallet), amount, by_holder=by_holder)


def make_room(found: usage.Room, amount: Money, *, by_holder: bool) -> None:
    """Refuse an amount that a wallet has no room for by what was read of it.

    Raises:
        LimitExceeded, RecipientFull: as for ``admit``.

    """
    if found.cap is None or found.holds + amount <= found.cap:
        return
    if not by_holder:
        raise RecipientFull
    raise _refusal(_balance_standing(found.cap, found.holds), None, amount)


@dataclass(frozen=True, slots=True)
class Left:
    """A limit of a wallet as its holder sees it; None where the limit does not bound it."""

    period: str
    purpose: str
    means: str
    code_kind: str
    amount: Money | None
    used: Money
    left: Money | None
    count: int | None
    used_count: int
    left_count: int | None
    resets_at: datetime | None


def what_is_left(*, wallet: Wallet, at: datetime) -> list[Left]:
    """Return each limit of a wallet with what is used and what is left of it."""
    books = usage.read(wallet=wallet, at=at)
    holds = usage.room_of(wallet).holds
    found = []
    for rule in books.rules:
        if rule.period == Period.BALANCE:
            found.append(Standing(rule, holds.minor, 0, None))
        else:
            found.append(standing(rule, books.usage))
    order = list(Period)
    found.sort(key=lambda s: (order.index(s.rule.period), s.rule.kind != _ALL, str(s.rule.kind)))
    return [_shown(one, wallet.currency) for one in found]


def _shown(found: Standing, currency: str) -> Left:
    rule = found.rule
    return Left(
        period=rule.period.value,
        purpose=rule.kind.purpose,
        means=rule.kind.means,
        code_kind=rule.kind.code_kind,
        amount=_money(rule.amount_minor, currency),
        used=Money(found.used_minor, currency),
        left=_money(found.left_minor, currency),
        count=rule.count,
        used_count=found.used_count,
        left_count=found.left_count,
        resets_at=found.resets_at,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _balance_standing(cap: Money, holds: Money) -> Standing:
    return Standing(Rule(Period.BALANCE, _ALL, cap.minor), holds.minor, 0, None)


def _refusal(broken: Standing, resets_at: datetime | None, amount: Money) -> LimitExceeded:
    """Return the error; where movements are counted and none is left, no amount is left either."""
    rule, left = broken.rule, broken.left_minor
    if broken.left_count == 0 or left is None:
        left = 0
    kind = (rule.kind.purpose, rule.kind.means, rule.kind.code_kind)
    words = [rule.period.value, *(word for word in kind if word != ANY)]
    until = None if resets_at is None else resets_at.isoformat().replace("+00:00", "Z")
    text = Money(left, amount.currency).to_major()
    return LimitExceeded(" ".join(words), text, amount.currency, until)
