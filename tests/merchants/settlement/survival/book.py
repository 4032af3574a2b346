"""A process beside the tests: makes a book, settles it, beats, or tells what is in the tables.

``prepare``   merchants with payments, refunds and reserves, and their day frozen
``settle``    settle it with nobody in the way
``beat``      poke the worker again and again, each message twice, until it is killed
``tell``      print all tables of the closing and the book as JSON, without what only says when
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from ledger.money import Money  # noqa: E402
from ledger.verification import verify_ledger  # noqa: E402
from merchants.calendars.days import before, period_at  # noqa: E402
from merchants.calendars.terms import change_terms, daily  # noqa: E402
from merchants.models import FeePlan, Store  # noqa: E402
from merchants.settlement import runs, working  # noqa: E402
from merchants.settlement.verification import verify  # noqa: E402
from merchants.stores import take_on  # noqa: E402
from merchants.tasks import run_due, settle_shards  # noqa: E402
from tests.merchants.settlement.days import sell, take_back  # noqa: E402
from tests.wallet.people import ALICE, PASSWORD, fund  # noqa: E402
from wallet.chart import open_chart  # noqa: E402
from wallet.models import Limit  # noqa: E402
from wallet.people import sign_up  # noqa: E402

MERCHANTS = 160
BEAT_SECONDS = 0.3
TABLES = {
    "settlements": """
        SELECT (to_jsonb(s) - '{closed_at,approved_at}'::text[]) FROM merchants_settlement AS s
        ORDER BY s.id
    """,
    "items": "SELECT to_jsonb(i) FROM merchants_settlementitem AS i ORDER BY i.entry_id",
    "reserves": """
        SELECT to_jsonb(r) - 'id' FROM merchants_reserve AS r ORDER BY r.held_in_id
    """,
    "shards": """
        SELECT jsonb_build_array(s.run_id, s.number, s.state, s.settlement_count)
        FROM merchants_settlementshard AS s ORDER BY s.run_id, s.number
    """,
    "entries": """
        SELECT jsonb_build_array(t.kind, t.reference, t.metadata, e.account_id, e.amount_minor)
        FROM ledger_entry AS e INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
        ORDER BY t.reference, e.account_id, e.amount_minor
    """,
    "balances": """
        SELECT jsonb_build_array(a.code, a.balance_minor + coalesce(sum(s.balance_minor), 0))
        FROM ledger_account AS a LEFT JOIN ledger_stripe AS s ON s.account_id = a.id
        GROUP BY a.id ORDER BY a.code
    """,
}


def prepare() -> None:
    """Make the book of yesterday."""
    open_chart("KRW")
    Limit.objects.update(amount_minor=10**9, count=None)  # one payer pays a whole town
    calendar, now = daily("Asia/Seoul"), timezone.now()
    yesterday = before(calendar, period_at(calendar, now))
    at = yesterday.opens_at + timedelta(hours=12)
    alice = sign_up(phone=ALICE, password=PASSWORD, currency="KRW", at=now)
    fund(alice, Money(300_000, "KRW"))
    plan = FeePlan.objects.create(name="standard", rate_bps=175, returns_fee=True)
    for number in range(MERCHANTS):
        store = _store(plan)
        if number % 3 == 0:
            change_terms(
                merchant=store.merchant,
                calendar=calendar,
                from_date=yesterday.last,
                actor="test",
                at=now,
                reserve_bps=500,
                reserve_days=30,
            )
        # Some is paid out, some carried.
        paid = sell(alice, store, 1_500 if number % 5 == 0 else 400 + number % 100, at)
        if number % 4 == 0:
            take_back(paid, 300, at)
    run = runs.ask_run(calendar=calendar, period=yesterday, at=now)
    if run is None:
        sys.exit("something is still posting")


def _store(plan: FeePlan) -> Store:
    return take_on(
        legal_name="가게",
        currency="KRW",
        fee_plan=plan,
        name="가게",
        latin_name="Shop",
        city="Seoul",
        merchant_category_code="5411",
    )


def settle() -> None:
    """Settle as a worker does that nobody disturbs."""
    while working.settle_next(now=timezone.now):
        pass
    runs.finish(at=timezone.now())


def beat() -> None:
    """Poke as two clocks would that both send everything twice."""
    while True:
        for _ in range(2):
            run_due.delay()
            settle_shards.delay()
        time.sleep(BEAT_SECONDS)


def tell() -> None:
    """Print what there is, and what is wrong with it."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for name, statement in TABLES.items():
            cursor.execute(statement)
            found[name] = [json.loads(row[0]) for row in cursor.fetchall()]
    found["wrong"] = [*verify(), *map(str, verify_ledger())]
    print(json.dumps(found, default=str))  # noqa: T201


if __name__ == "__main__":
    {"prepare": prepare, "settle": settle, "beat": beat, "tell": tell}[sys.argv[1]]()
