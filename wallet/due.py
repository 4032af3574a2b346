"""Rows that wait for the bank: taken one job at a time, and asked about one by one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models, transaction
from django.db.models import QuerySet

from ledger.errors import LedgerError
from wallet.errors import WalletError
from wallet.providers.channel import ProviderUnavailable

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=models.Model)

# A bank that is down is not asked a hundred times; one row that it chokes on stops no others.
MOST_SILENCES = 5


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


def ask_about(rows: Iterable[Row], ask: Callable[[Row], bool]) -> int:
    """Ask about each row and return how often ``ask`` said yes; what is refused is logged."""
    found, silences = 0, 0
    for row in rows:
        try:
            found += ask(row)
        except ProviderUnavailable:
            log.warning("the bank did not answer about %s", row)
            silences += 1
            if silences == MOST_SILENCES:
                break
        except (WalletError, LedgerError):
            log.exception("what the bank says of %s is refused", row)
    return found
