"""Jobs of acceptance."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from merchants.payments import cancelling
from merchants.settlement import closing, runs


@shared_task(acks_late=True, ignore_result=True)
def run_due(**_future: object) -> None:
    """Close the payments nobody paid in time, and the days that are due."""
    cancelling.close_due(at=timezone.now())
    runs.ask_due(at=timezone.now())
    for run_id in runs.pending():
        closing.settle_run(run_id=run_id, at=timezone.now())
