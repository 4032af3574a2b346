"""Taking rows that wait for the bank, so that nobody else asks about them meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models, transaction
from django.db.models import QuerySet

Row = TypeVar("Row", bound=models.Model)


def claim(rows: QuerySet[Row], at: datetime, patience: timedelta, batch: int) -> list[Row]:
    """Return rows whose ``poll_at`` has come, put off until their next turn.

    The turn moves on before anybody is asked: a job that is killed meanwhile, or a bank that
    does not answer, delays a row by ``patience`` and keeps no other row waiting.
    """
    with transaction.atomic(durable=True):
        due = rows.filter(poll_at__lte=at).order_by("poll_at")
        found = list(due.select_for_update(no_key=True, skip_locked=True, of=("self",))[:batch])
        rows.model._default_manager.filter(  # noqa: SLF001 - Django's public name for it.
            pk__in=[row.pk for row in found]
        ).update(poll_at=at + patience)
    return found
