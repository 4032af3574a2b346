"""Making what was asked for: claimed for a time, written to a file of its own, then stored.

May be done by any number of workers and be killed at any line. A file is named by the claim, so
that one who was thought dead writes over nobody's; only who still holds the claim finishes.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import DatabaseError, connections
from django.db.models import QuerySet

from merchants.errors import MerchantError
from merchants.exports.catalog import REPORTS
from merchants.exports.shapes import Scope
from merchants.exports.writing import Manifest, write
from merchants.models import Export
from wallet.idempotency import use_case

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
KEPT = timedelta(days=7)
_State = Export.State

log = logging.getLogger(__name__)


def storage() -> Storage:
    """Return where files are kept; what all web processes and workers reach."""
    return storages["exports"]


def make_next(*, now: Callable[[], datetime]) -> bool:
    """Make one export; return whether there was one that could be claimed."""
    claimed = claim(at=now())
    if claimed is None:
        return False
    try:
        _make(claimed, now)
    except (DatabaseError, MerchantError, OSError) as exc:
        log.exception("export %s failed", claimed.public_id)
        put_back(claimed=claimed, failure=f"{type(exc).__name__}: {exc}", at=now())
    return True


@use_case
def claim(*, at: datetime) -> Export | None:
    """Take an export that is free, or whose worker seems dead; None: there is none."""
    free = Export.objects.filter(state=_State.PENDING) | Export.objects.filter(
        state=_State.CLAIMED, lease_until__lte=at
    )
    found = free.select_for_update(skip_locked=True, no_key=True).order_by("pk").first()
    if found is None:
        return None
    if found.attempts >= MOST_ATTEMPTS:
        found.state, found.lease_until, found.ended_at = _State.DEAD, None, at
        found.failure = found.failure or "its workers did not come back"
    else:
        found.state, found.lease_until = _State.CLAIMED, at + LEASE
        found.token, found.attempts, found.rows_done = found.token + 1, found.attempts + 1, 0
    found.save()
    return found if found.state == _State.CLAIMED else None


@use_case
def put_back(*, claimed: Export, failure: str, at: datetime) -> None:
    """Note why it failed, and let it be tried again unless that was the last time."""
    is_last = claimed.attempts >= MOST_ATTEMPTS
    _held(claimed).update(
        state=_State.DEAD if is_last else _State.PENDING,
        lease_until=None,
        failure=failure[:200],
        ended_at=at if is_last else None,
    )


@use_case
def finish(*, claimed: Export, manifest: Manifest, stored_as: str, at: datetime) -> bool:
    """Note that the file is there; return whether the claim still held."""
    done = _held(claimed).update(
        state=_State.DONE,
        lease_until=None,
        rows_done=manifest.row_count,
        rows_total=manifest.row_count,
        stored_as=stored_as,
        sha256=manifest.sha256,
        manifest=asdict(manifest),
        failure="",
        ended_at=at,
    )
    return bool(done)


def forget_old(*, at: datetime) -> int:
    """Remove the files that nobody fetches any more; what was asked for stays known."""
    old = Export.objects.filter(state=_State.DONE, ended_at__lt=at - KEPT).exclude(stored_as="")
    count = 0
    for export in old.order_by("pk")[:1_000]:
        storage().delete(export.stored_as)
        count += Export.objects.filter(pk=export.pk).update(stored_as="")
    return count


def _make(claimed: Export, now: Callable[[], datetime]) -> None:
    report = REPORTS[claimed.report]
    scope = Scope(claimed.first_day, claimed.last_day, claimed.merchant)
    # The rows are read in one database transaction; what is told meanwhile has to be seen at once.
    aside = connections.create_connection("default")

    def tell(done: int, total: int) -> None:
        aside.ensure_connection()
        with aside.cursor() as cursor:
            cursor.execute(
                "UPDATE merchants_export SET rows_done = %s, rows_total = %s, lease_until = %s"
                " WHERE id = %s AND token = %s AND state = 'CLAIMED'",
                [done, total, now() + LEASE, claimed.pk, claimed.token],
            )

    with tempfile.TemporaryFile() as file:
        try:
            made = write(
                report=report, scope=scope, form=claimed.format, file=file, at=now(), tell=tell
            )
        finally:
            aside.close()
        file.seek(0)
        name = f"{claimed.public_id}-{claimed.token}.{claimed.format}"
        stored = storage().save(name, File(file))
    if not finish(claimed=claimed, manifest=made, stored_as=stored, at=now()):
        storage().delete(stored)


def _held(claimed: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=claimed.pk, token=claimed.token, state=_State.CLAIMED)
