"""The timetable's tasks find what is due by the clock, and do it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from config.celery import app
from tests.wallet.people import BOB, held, proven
from tests.wallet.transfers.cast import CAROL, krw, unclaimed
from wallet import tasks
from wallet.models import Wallet
from wallet.transfers import claims, money_requests, schedules


@pytest.mark.django_db
def test_the_tasks_do_what_is_due(alice: Wallet, bob: Wallet) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    proof = proven(alice)
    claims.open_claim(
        sender=alice, phone=CAROL, amount=krw(100), memo="", proof=proof, at=long_ago
    )
    schedules.schedule(
        sender=alice,
        payee=BOB,
        amount=krw(700),
        memo="",
        due_at=long_ago + timedelta(days=1),
        proof=proof,
        at=long_ago,
    )
    request = money_requests.ask(asker=alice, payee=BOB, amount=krw(1), memo="", at=long_ago)
    assert unclaimed() == 100
    for _ in range(2):
        tasks.return_claims()
        tasks.send_scheduled_transfers()
        tasks.expire_money_requests()
    request.refresh_from_db()
    assert (held(alice), held(bob), unclaimed()) == (49_300, 700, 0)
    assert request.status == "EXPIRED"


def test_every_line_of_the_timetable_names_a_task() -> None:
    app.loader.import_default_modules()
    named = {line["task"] for line in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named <= set(app.tasks)
