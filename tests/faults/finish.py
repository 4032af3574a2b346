"""Bring everything to its end through the project's own jobs: tell, settle, seal, verify.

``python -m tests.faults.finish FILE`` writes into the file what ``verify_ledger`` found.
"""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path

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


def verify() -> str:
    """Return what the project's own command finds wrong with the book and its seals."""
    from django.core.management import CommandError, call_command

    said = io.StringIO()
    try:
        call_command("verify_ledger", stdout=io.StringIO(), stderr=said)
    except CommandError as exc:
        return f"{said.getvalue()}{exc}"
    return ""


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
    django.setup()
    finish()
    Path(sys.argv[1]).write_text(verify())
