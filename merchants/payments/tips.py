"""What a code asks of the payer besides the amount: a tip (EMVCo 55 to 57), and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from merchants.codes.mpm.amounts import Tip, TipRule
from merchants.errors import AnswersWrong, TipNotAsked, TipWrong

_BPS = 10_000


def checked_tip(asked: Tip | None, *, amount: Money, given: Money | None) -> int:
    """Return the tip that is in ``amount``, in minor units, if it is the one the code asks for.

    A percentage is of the amount without the tip, and rounded half up.

    Raises:
        CurrencyMismatch: the tip is in another currency than the amount.
        TipNotAsked: the code asks for none.
        TipWrong: the code says how much, and that is not it; or it leaves nothing to pay for.

    """
    tip = given or Money(0, amount.currency)
    if tip.currency != amount.currency:
        raise CurrencyMismatch(amount.currency, tip.currency)
    if asked is None and tip.minor:
        raise TipNotAsked
    expected = 0 if asked is None else _due(asked, amount.minor - tip.minor, tip.minor)
    if tip.minor != expected or tip.minor >= amount.minor:
        raise TipWrong(expected)
    return tip.minor


def due_tip(asked: Tip | None, *, base: Money, given: Money | None) -> int:
    """Return what is added to an amount, in minor units; ``given`` is what the payer likes."""
    return 0 if asked is None else _due(asked, base.minor, 0 if given is None else given.minor)


def _due(asked: Tip, base_minor: int, liked_minor: int) -> int:
    if asked.rule is TipRule.FIXED and asked.fee is not None:
        return asked.fee.minor or 0
    if asked.rule is TipRule.PERCENT:
        return share(base_minor, asked.rate_bps or 0)
    return liked_minor


def share(base_minor: int, rate_bps: int) -> int:
    """Return so many basis points of an amount, half a minor unit up."""
    return max(0, base_minor * rate_bps + _BPS // 2) // _BPS


def checked_answers(prompts: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the payer's answers, if they are to what the code asks for, and all of them.

    Raises:
        AnswersWrong: some are missing, or were not asked for.

    """
    if set(prompts) != set(given):
        raise AnswersWrong(list(prompts))
    return dict(given)
