"""Who did what about a merchant: the lines that are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from merchants.models import Application, Merchant, MerchantAudit
from wallet.models import User


def note(  # noqa: PLR0913 - a line is its columns.
    *,
    action: str,
    actor: str,
    at: datetime,
    merchant: Merchant | None = None,
    application: Application | None = None,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write down what was done, inside the caller's database transaction.

    ``action`` is ``<thing>.<what happened>``, such as ``store.added``; ``facts`` are JSON values,
    never a secret.
    """
    MerchantAudit.objects.create(
        merchant=merchant,
        application=application,
        action=action,
        actor=actor,
        reason=reason,
        facts=dict(facts or {}),
        happened_at=at,
    )


def name_of(user: User) -> str:
    """Return how a person is called in audits."""
    return f"user:{user.pk}"
