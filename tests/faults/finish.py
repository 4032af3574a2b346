"""Bring everything to its end through the project's own jobs: tell of it, settle it, seal it."""

from __future__ import annotations

import os
import time

FINAL_SECONDS = 60


def finish() -> None:
    """Deliver every event, settle the day that is running, seal the book."""
    from django.utils import timezone

    from config.tasks import seal_ledger
    from merchants.models import SettlementCalendar
    from merchants.settlement import runs, working
    from wallet.models import Event
    from wallet.notices.relay import deliver_due

    deadline = time.monotonic() + FINAL_SECONDS
    while Event.objects.filter(delivered_at=None).exists() and time.monotonic() < deadline:
        deliver_due(at=timezone.now())
    for calendar in SettlementCalendar.objects.all():
        while runs.ask_early(calendar=calendar, at=timezone.now()) is None:
            time.sleep(0.1)
    while working.settle_next(now=timezone.now):
        pass
    runs.finish(at=timezone.now())
    seal_ledger()


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
    django.setup()
    finish()
