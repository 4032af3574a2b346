"""Suspending a merchant: its codes pay nobody; refunds, reading and settlement go on."""

from __future__ import annotations

from datetime import datetime

from merchants.access.audits import name_of, note
from merchants.models import Merchant
from merchants.onboarding.staff import require_staff
from wallet.idempotency import use_case
from wallet.models import User


@use_case
def suspend(*, merchant: Merchant, reason: str, by: User, at: datetime) -> Merchant:
    """Let a merchant accept no payments; one that is suspended stays so, and it is noted again.

    Raises:
        NotStaff: not one of our people.

    """
    return _set(merchant, Merchant.Status.SUSPENDED, "merchant.suspended", reason, by, at)


@use_case
def lift(*, merchant: Merchant, reason: str, by: User, at: datetime) -> Merchant:
    """Let a merchant accept payments again; one that is active stays so, and it is noted.

    Raises:
        NotStaff: not one of our people.

    """
    return _set(merchant, Merchant.Status.ACTIVE, "merchant.lifted", reason, by, at)


def _set(
    merchant: Merchant,
    status: Merchant.Status,
    action: str,
    reason: str,
    by: User,
    at: datetime,
) -> Merchant:
    require_staff(by)
    found = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    found.status = status
    found.save(update_fields=["status"])
    note(merchant=found, action=action, actor=name_of(by), reason=reason, at=at)
    return found
