"""The Celery application. Its messages only poke: the database says what is due."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

VISIBILITY_SECONDS = 1800  # well above the hard time limit, so that no running task is sent again

app = Celery("jigap")


def _transport(broker: str, var: Path) -> dict[str, object]:
    if not broker.startswith("filesystem"):
        return {"visibility_timeout": VISIBILITY_SECONDS, "socket_timeout": 5}
    folders = {
        "data_folder_in": var / "broker" / "queue",
        "data_folder_out": var / "broker" / "queue",
        "processed_folder": var / "broker" / "processed",
        "control_folder": var / "broker" / "control",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {name: str(folder) for name, folder in folders.items()} | {"store_processed": False}


def configure() -> None:
    """Read the broker and the timetable from Django's settings."""
    app.conf.update(
        broker_url=settings.CELERY_BROKER_URL,
        broker_transport_options=_transport(settings.CELERY_BROKER_URL, settings.VAR_DIR),
        visibility_timeout=VISIBILITY_SECONDS,
        broker_connection_retry_on_startup=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_soft_time_limit=240,
        task_time_limit=300,
        task_publish_retry_policy={"max_retries": 2, "interval_start": 0, "interval_step": 0.2},
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_max_tasks_per_child=1000,
        beat_schedule_filename=str(settings.VAR_DIR / "beat-schedule"),
        timezone="UTC",
        beat_schedule={
            "run-due": {"task": "merchants.tasks.run_due", "schedule": 60.0},
            "poll-top-ups": {"task": "wallet.tasks.poll_top_ups", "schedule": 60.0},
            "seal-ledger": {"task": "config.tasks.seal_ledger", "schedule": 60.0},
        },
    )
    app.autodiscover_tasks()


configure()
