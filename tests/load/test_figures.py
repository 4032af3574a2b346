"""What a stage's history is reckoned to."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.faults.history import FAIL, INFO, INVOKE, OK, Event
from tests.load.__main__ import figures


def test_answers_refusals_turnings_away_and_errors_are_told_apart(tmp_path: Path) -> None:
    seen = [
        *((0.0, INVOKE, 0), (0.1, OK, 201), (1.0, INVOKE, 0), (1.3, FAIL, 402)),
        *((2.0, INVOKE, 0), (2.1, INFO, 503), (3.0, INVOKE, 0), (3.1, INFO, 0)),
        *((4.0, INVOKE, 0), (4.0, INFO, 409), (4.0, INVOKE, 0), (4.1, INFO, 500)),
    ]
    lines = [Event(at, 0, kind, "transfer", "k", status=status) for at, kind, status in seen]
    file = tmp_path / "history.jsonl"
    file.write_text("".join(json.dumps(asdict(line)) + "\n" for line in lines))
    found = figures([file])
    assert (found.turned_away, found.errors) == (1, 2)
    assert found.answered == pytest.approx(3 / 4)
    assert (found.middle, found.longest) == pytest.approx((0.1, 0.3))
