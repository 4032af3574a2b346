"""Jobs of the wallet."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from wallet import callbacks
from wallet.notices import deliveries, relay


@shared_task(acks_late=True, ignore_result=True)
def poll_top_ups(**_future: object) -> None:
    """Find out what became of top-ups whose callback was lost."""
    callbacks.poll(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def relay_events(**_future: object) -> None:
    """Tell people what happened, and send what is due to their telephones and browsers."""
    relay.deliver_due(at=timezone.now())
    deliveries.send_due(at=timezone.now())
