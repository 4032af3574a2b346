"""Jobs of the wallet."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from wallet import callbacks
from wallet.transfers import claims, money_requests, schedules


@shared_task(acks_late=True, ignore_result=True)
def poll_top_ups(**_future: object) -> None:
    """Find out what became of top-ups whose callback was lost."""
    callbacks.poll(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def return_claims(**_future: object) -> None:
    """Send back money that nobody claimed in time."""
    claims.return_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def send_scheduled_transfers(**_future: object) -> None:
    """Send the transfers that are due."""
    schedules.execute_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def expire_money_requests(**_future: object) -> None:
    """Close requests for money that nobody answered in time."""
    money_requests.expire_due(at=timezone.now())
