"""Answers are kept for a month, which is longer than anybody asks again for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wallet import answers
from wallet.models import IdempotencyRecord

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def answered(key: str, ago: timedelta) -> None:
    IdempotencyRecord.objects.create(
        principal="someone", operation="transfer", key=key, fingerprint=b"", made_at=NOW - ago
    )


@pytest.mark.django_db
def test_what_was_answered_more_than_a_month_ago_is_removed_batch_by_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "BATCH", 2)
    for number in range(5):
        answered(f"old-{number}", timedelta(days=30, seconds=1))
    answered("a month", timedelta(days=30))
    answered("a day", timedelta(days=1))
    assert answers.prune(at=NOW) == 5
    kept = IdempotencyRecord.objects.order_by("id").values_list("key", flat=True)
    assert list(kept) == ["a month", "a day"]
    assert answers.prune(at=NOW) == 0
