"""Counting bad codes by where they come from, so that nobody can try them out.

Handles lock by themselves after five bad codes; this is against guessing over many handles. One
source is refused after so many in an hour, and after far fewer while there are suspiciously many
everywhere: a counter for all alone would let one attacker close every till.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection

from wallet.models import CodeMisses

log = logging.getLogger(__name__)

MOST_AN_HOUR, MOST_IN_ALARM = 100, 10
ALARM = 2_000  # of all together in an hour
KEPT = timedelta(days=2)
_COUNT = """
    INSERT INTO wallet_codemisses AS kept (subject, hour, misses)
    VALUES (%(all)s, date_trunc('hour', %(at)s::timestamptz), 1),
        (%(subject)s, date_trunc('hour', %(at)s::timestamptz), 1)
    ON CONFLICT ON CONSTRAINT wallet_code_misses_once DO UPDATE SET misses = kept.misses + 1
    RETURNING subject, misses
"""


def count(*, subject: str, at: datetime) -> None:
    """Count a bad code, inside the caller's database transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"all": CodeMisses.ALL, "subject": subject, "at": at})
        found = dict(cursor.fetchall())
    if found[CodeMisses.ALL] == ALARM:
        log.warning("%s bad codes within the hour: somebody may be trying them out", ALARM)


def counted(*, subject: str, at: datetime) -> tuple[int, int]:
    """Return how many bad codes came from somewhere in this hour, and from everywhere."""
    rows = CodeMisses.objects.filter(hour=hour_of(at), subject__in=(subject, CodeMisses.ALL))
    found = dict(rows.values_list("subject", "misses"))
    return found.get(subject, 0), found.get(CodeMisses.ALL, 0)


def hour_of(at: datetime) -> datetime:
    """Return under which hour misses are counted."""
    return at.replace(minute=0, second=0, microsecond=0)


def are_too_many(*, own: int, everywhere: int) -> bool:
    """Tell whether somewhere is refused after so many bad codes of its own, and of all."""
    return own >= (MOST_IN_ALARM if everywhere >= ALARM else MOST_AN_HOUR)


def prune(*, at: datetime) -> int:
    """Forget the misses of the day before yesterday."""
    removed, _ = CodeMisses.objects.filter(hour__lt=at - KEPT).delete()
    return removed
