"""Running the days one after the other."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.conf import settings
from django.test import override_settings

from config.simulation import closing, world
from config.simulation.closing import Closed, SimulationFailedError
from config.simulation.trading import Trade, set_clock
from merchants.calendars.bank_days import is_bank_day
from merchants.reconciliation.rules import COUNTRY

ONE_DAY = timedelta(days=1)


@contextmanager
def bank() -> Iterator[None]:
    """Run a bank of its own, whose callbacks reach nobody: everything is found out by asking."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "bank_simulator", "--port", "0"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        if process.stdout is None:
            raise SimulationFailedError("the bank did not come up")
        address = "http://" + process.stdout.readline().split()[-1]
        with override_settings(BANK_URL=address, PUBLIC_URL="http://127.0.0.1:9"):
            yield
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def run(*, first: date, days: int, seed: int) -> Iterator[Closed]:
    """Yield each day once it is closed.

    Raises:
        SimulationFailedError: a day does not close, or something is wrong after all of them.

    """
    set_clock(closing.on(first, 8))
    trade = Trade(world.make(at=closing.on(first, 8)), random.Random(seed))  # noqa: S311
    for day in (first + n * ONE_DAY for n in range(days)):
        if is_bank_day(day, COUNTRY):
            closing.pay_out(trade.world, day)
        trade.day(day)
        closing.settle(day)
        closed = closing.close(day)
        yield closed
        closing.sweep(trade.world, closed)
        if trade.dice.random() < 0.5:  # noqa: PLR2004 - every other day.
            trade.late(day + ONE_DAY)
    problems = list(closing.prove())
    if problems:
        raise SimulationFailedError("\n".join(problems))
