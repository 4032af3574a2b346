"""Jobs of the ledger, which itself knows no queue."""

from __future__ import annotations

from celery import shared_task

from ledger.seals import seal


@shared_task(acks_late=True, ignore_result=True)
def seal_ledger(**_future: object) -> None:
    """Close a block of the journal."""
    seal()
