"""``manage.py simulate --days 30``: a month of trading, every day of it closed."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from config.simulation.closing import Closed, SimulationFailedError
from config.simulation.days import bank, run
from ledger.money import Money

DATABASE = "jigap_simulation"


class Command(BaseCommand):
    help = (
        "Trades for some days with a bank that makes mistakes: top-ups, payments, refunds, late "
        "items, withdrawals, payouts that fail, come back or are booked twice. Each day is "
        "settled, paid out and reconciled with the bank's statement, in a database of its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--from", dest="first", type=date.fromisoformat)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--keep", action="store_true", help="keep the database afterwards")

    def handle(self, *_args: Any, days: int, seed: int, **options: Any) -> None:
        first = options["first"] or date.today() - timedelta(days=days + 1)  # noqa: DTZ011
        logging.getLogger().setLevel(logging.ERROR)
        original = str(connection.settings_dict["NAME"])
        _make_database()
        try:
            call_command("migrate", verbosity=0)
            self._simulate(first, days, seed)
        except SimulationFailedError as exc:
            raise CommandError(str(exc)) from exc
        finally:
            _leave_database(original, keep=options["keep"])

    def _simulate(self, first: date, days: int, seed: int) -> None:
        console = Console(highlight=False)
        table = Table(
            Column("day", no_wrap=True),
            "settled",
            "paid out",
            "ledger",
            "statement",
            "residual",
            "kept",
            "breaks",
        )
        with bank(), Progress(console=console) as progress:
            task = progress.add_task("days", total=days)
            for closed in run(first=first, days=days, seed=seed):
                table.add_row(*_row(closed))
                progress.advance(task)
        console.print(table)
        console.print(f"{days} days closed; the book, every settlement and payout is proved")


def _row(closed: Closed) -> list[str]:
    equation, kept = closed.equation, closed.kept
    currency = kept.currency
    amounts = (
        equation.ledger_closing_minor,
        equation.statement_closing_minor,
        equation.residual_minor,
    )
    return [
        closed.day.isoformat(),
        str(closed.settled),
        f"{closed.paid_out.minor:,}",
        *(f"{Money(minor, currency).minor:,}" for minor in amounts),
        f"{kept.difference_minor:+,}",
        str(closed.break_count),
    ]


def _make_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    connection.settings_dict["NAME"] = DATABASE


def _leave_database(original: str, *, keep: bool) -> None:
    connection.close()
    connection.settings_dict["NAME"] = original
    if not keep:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
