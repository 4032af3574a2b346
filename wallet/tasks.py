"""Jobs of the wallet."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from wallet import callbacks, holds


@shared_task(acks_late=True, ignore_result=True)
def poll_top_ups(**_future: object) -> None:
    """Find out what became of top-ups whose callback was lost."""
    callbacks.poll(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def expire_holds(**_future: object) -> None:
    """Give back money that was set aside for too long."""
    holds.expire_due(at=timezone.now())
