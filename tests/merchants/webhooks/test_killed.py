"""A worker killed while a message is under way: the message comes again, under the same id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from merchants.models import Store, WebhookDelivery
from merchants.webhooks import sending
from merchants.webhooks.deliveries import LEASE
from tests.merchants.webhooks.receiver import Receiver
from tests.merchants.webhooks.stories import happen, outcome, registered

_WORKER = """
import django
django.setup()
from django.utils import timezone
from merchants.webhooks.sending import relay
relay(at=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_is_followed_by_another(
    corner_shop: Store, hook: Receiver
) -> None:
    registered(corner_shop, hook)
    assert hook.arrived.acquire(timeout=60)
    events = happen(corner_shop, 3)
    hook.holds = threading.Event()
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER], cwd=settings.BASE_DIR, env=environment()
    )
    for _ in events:
        assert hook.arrived.acquire(timeout=60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    hook.holds.set()
    assert {row.state for row in WebhookDelivery.objects.filter(event__isnull=False)} == {
        "PENDING"
    }
    # Nobody takes them up while the dead worker is believed in; then somebody does, once.
    assert sending.relay(at=timezone.now()) == 0
    assert sending.relay(at=timezone.now() + LEASE) == 3
    assert {outcome(event)[:2] for event in events} == {("DELIVERED", 2)}
    assert sorted(hook.ids[1:]) == sorted(events * 2)


def environment() -> dict[str, str]:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "WEBHOOK_ALLOWS_PRIVATE": "true",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
