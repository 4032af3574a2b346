"""Closing months: from then on nothing is posted that is dated into them.

PostgreSQL decides (``ledger_move_period``, ``ledger_check_entries``); who may ask is decided by
whoever calls. Call inside a database transaction.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from ledger.calls import call
from ledger.models import Period, PeriodPermit, PeriodState
from ledger.refusals import explained

_MOVE = "SELECT ledger_move_period($1, $2, $3, $4, $5, $6)"


def move_period(
    *, name: str, ends_at: datetime, state: PeriodState, maker: str, checker: str, reason: str
) -> None:
    """Close, lock or open a month again.

    Args:
        name: the month, such as ``2026-02``.
        ends_at: the first instant after it; that of the first closing counts for ever.
        state: to which it goes.
        maker: who asked for it.
        checker: who approved it, somebody else.
        reason: why.

    Raises:
        PeriodStateRefused: it does not go there from its state.
        PeriodNotOver: it ended less than two hours ago.
        PeriodOutOfOrder: another month is closed, locked or opened before it.
        PeriodBusy: it cannot be locked yet, because of what was under way at its closing.
        PeriodInvalid: not a month, no reason, or not two persons.
        RuntimeError: not inside a database transaction.

    """
    if not connection.in_atomic_block:
        raise RuntimeError("a period is moved inside a database transaction; open one around it")
    with explained():
        call(_MOVE, [name, ends_at, state.value, maker, checker, reason])


def permit(
    *, period: Period, reference: str, maker: str, checker: str, reason: str, at: datetime
) -> PeriodPermit:
    """Let one reference be posted into a soft-closed month.

    Raises:
        PeriodInvalid: no reason, or not two persons.

    """
    with explained():
        return PeriodPermit.objects.create(
            period=period,
            reference=reference,
            maker=maker,
            checker=checker,
            reason=reason,
            permitted_at=at,
        )


def period_at(at: datetime) -> Period | None:
    """Return the period that an instant belongs to; None where no month so late was closed."""
    return Period.objects.filter(ends_at__gt=at).order_by("ends_at").first()
