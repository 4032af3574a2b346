"""Jobs of the ledger, which itself knows no queue."""

from __future__ import annotations

from celery import shared_task

from ledger.anchor import configured
from ledger.seals import seal


@shared_task(acks_late=True, ignore_result=True)
def seal_ledger(**_future: object) -> None:
    """Close a block of the journal, and sign what is closed into the anchor."""
    seal()
    if anchor := configured():
        anchor.publish()
