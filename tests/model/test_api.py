"""Any order of requests: what the API answers and shows is what a model of dictionaries says.

A few short orders here; ``FUZZ_EXAMPLES`` and ``FUZZ_STEPS`` make it long, as ``make fuzz`` does.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.verification import verify_ledger
from tests.faults.mutants import forget_keys
from tests.model.machine import Api
from wallet.idempotency import Ticket

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
STEPS = int(os.environ.get("FUZZ_STEPS", "20"))

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db(transaction=True)]


def run(*phases: Phase, examples: int = EXAMPLES) -> None:
    run_state_machine_as_test(
        Api,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases,
            database=None,
            derandomize="FUZZ_SEED" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_api_does_what_dictionaries_say() -> None:
    run(Phase.generate, Phase.shrink)
    assert list(verify_ledger()) == []


def test_a_key_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ticket, "claim", Ticket.claim)  # put back afterwards
    forget_keys()
    with pytest.raises(AssertionError):
        run(Phase.generate, examples=50)
