"""Asking for an export; a job makes it."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from celery import current_app
from django.db import transaction

from merchants.errors import ExportScopeInvalid, ExportUnknown
from merchants.exports.catalog import FOR_MERCHANTS, REPORTS
from merchants.exports.shapes import Scope
from merchants.models import Export, Merchant
from wallet.idempotency import use_case

FORMATS = tuple(Export.Format.values)
MOST_DAYS = timedelta(days=366)
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
MAKE = "merchants.tasks.make_exports"
_POKE_SECONDS = 60

log = logging.getLogger(__name__)


def scope_of(*, first: date, last: date, merchant: Merchant | None = None) -> Scope:
    """Return which rows are asked for.

    Raises:
        ExportScopeInvalid: the days are in the wrong order, or too many.

    """
    if not EARLIEST <= first <= last <= LATEST or last - first > MOST_DAYS:
        raise ExportScopeInvalid
    return Scope(first, last, merchant)


@use_case
def ask(  # noqa: PLR0913 - a request is its columns.
    *,
    report: str,
    form: str,
    first: date,
    last: date,
    merchant: Merchant | None,
    actor: str,
    at: datetime,
) -> Export:
    """Ask for a report; ``merchant`` None is for finance, and has the rows of all.

    Raises:
        ExportUnknown: there is no such report or format, or merchants do not get it.
        ExportScopeInvalid: the days are in the wrong order, or too many.

    """
    if form not in FORMATS or report not in (REPORTS if merchant is None else FOR_MERCHANTS):
        raise ExportUnknown
    scope_of(first=first, last=last, merchant=merchant)
    made = Export.objects.create(
        merchant=merchant,
        report=report,
        format=form,
        first_day=first,
        last_day=last,
        asked_by=actor,
        asked_at=at,
    )
    transaction.on_commit(_poke, robust=True)
    return made


def _poke() -> None:
    """Wake a worker up. It may fail: what is to be made stands in the database."""
    try:
        current_app.send_task(MAKE, retry=False, expires=_POKE_SECONDS, ignore_result=True)
    except Exception:  # noqa: BLE001 - whatever a broker's client raises, the request stands.
        log.warning("the broker did not answer; the next run of the job makes the export")
