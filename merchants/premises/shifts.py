"""Opening and closing the shift of a till."""

from __future__ import annotations

from datetime import datetime

from merchants.access.audits import name_of, note
from merchants.errors import ShiftOpen
from merchants.models import Terminal, TillShift
from merchants.premises.takings import takings_of
from merchants.refusals import refused_as
from wallet.idempotency import use_case
from wallet.models import User


@use_case
def open_shift(*, terminal: Terminal, by: User, at: datetime) -> TillShift:
    """Begin a shift; one's own that is open is the same one.

    Raises:
        ShiftOpen: somebody else's is open at this till.

    """
    current = shift_of(terminal)
    if current is not None and current.opened_by_id == by.pk:
        return current
    with refused_as(ShiftOpen, "merchants_till_shift_one_open"):
        made = TillShift.objects.create(terminal=terminal, opened_by=by, opened_at=at)
    _note(made, "shift.opened", by, at)
    return made


@use_case
def close_shift(*, shift: TillShift, by: User, at: datetime) -> TillShift:
    """End a shift, and write down what its till took; again changes nothing."""
    rows = TillShift.objects.select_related("terminal__store__merchant")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=shift.pk)
    if found.closed_at is not None:
        return found
    terminal = found.terminal
    took = takings_of(store=terminal.store, since=found.opened_at, terminal=terminal)
    found.closed_by, found.closed_at = by, at
    found.payments = took.payments
    found.taken_minor, found.refunded_minor = took.taken.minor, took.refunded.minor
    found.save(
        update_fields=["closed_by", "closed_at", "payments", "taken_minor", "refunded_minor"]
    )
    _note(found, "shift.closed", by, at)
    return found


def shift_of(terminal: Terminal) -> TillShift | None:
    """Return the shift that is open at a till."""
    rows = TillShift.objects.select_related("opened_by")
    return rows.filter(terminal=terminal, closed_at=None).first()


def _note(shift: TillShift, action: str, by: User, at: datetime) -> None:
    facts = {"terminal": shift.terminal.public_id, "shift": str(shift.public_id)}
    merchant = shift.terminal.store.merchant
    note(merchant=merchant, action=action, actor=name_of(by), facts=facts, at=at)
