"""Safeguarding: what is owed to customers and merchants, against what is kept apart for them.

The requirement is built from each holder's own balance, so that nobody's debt lessens what others
are owed. Withdrawals and payouts on their way still belong to those who are paid.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from merchants.errors import BreakState, SecondPersonNeeded
from merchants.models import SafeguardingDay
from merchants.onboarding.staff import require_staff
from merchants.reconciliation.rules import HOME_ZONE
from wallet.chart import OPERATING, SAFEGUARDING
from wallet.idempotency import use_case
from wallet.models import User

_Action = SafeguardingDay.Action
# Per account what it held at the instant, on its normal side: what is later is taken away again.
_BALANCES = """
    WITH later AS (
        SELECT e.account_id, sum(e.amount_minor) AS minor
        FROM ledger_transaction AS t INNER JOIN ledger_entry AS e ON e.transaction_id = t.id
        WHERE t.effective_at >= %(as_of)s GROUP BY e.account_id
    ), striped AS (
        SELECT s.account_id, sum(s.balance_minor) AS minor
        FROM ledger_stripe AS s GROUP BY s.account_id
    ), held AS (
        SELECT a.code, a.normal_sign * (
            a.balance_minor + coalesce(s.minor, 0) - coalesce(l.minor, 0)
        ) AS minor
        FROM ledger_account AS a
        LEFT JOIN striped AS s ON s.account_id = a.id
        LEFT JOIN later AS l ON l.account_id = a.id
        WHERE a.currency = %(currency)s
    ), customers AS (
        SELECT sum(h.minor) AS minor FROM held AS h
        WHERE h.code LIKE 'wallet:%%' AND h.code NOT LIKE '%%:debt'
        GROUP BY split_part(h.code, ':', 2)
    ), merchants AS (
        SELECT sum(h.minor) AS minor FROM held AS h WHERE h.code LIKE 'merchant:%%'
        AND h.code NOT LIKE '%%:in_transit' GROUP BY split_part(h.code, ':', 2)
    )
    SELECT
        coalesce((SELECT sum(c.minor) FROM customers AS c WHERE c.minor > 0), 0),
        coalesce((SELECT sum(c.minor) FROM customers AS c WHERE c.minor < 0), 0),
        coalesce((SELECT sum(m.minor) FROM merchants AS m WHERE m.minor > 0), 0),
        coalesce(sum(h.minor) FILTER (WHERE h.code = 'claims:unclaimed'), 0),
        coalesce(sum(h.minor) FILTER (WHERE h.code = 'suspense:unidentified'), 0),
        coalesce(sum(h.minor) FILTER (
            WHERE h.code = 'withdrawals:in_transit' OR h.code LIKE 'merchant:%%:in_transit'
        ), 0),
        coalesce(sum(h.minor) FILTER (WHERE h.code LIKE 'provider:%%:receivable'), 0),
        coalesce(sum(h.minor) FILTER (WHERE h.code = 'bank:safeguarding'), 0),
        (
            SELECT s.closing_minor FROM merchants_statement AS s
            INNER JOIN merchants_houseaccount AS a ON a.id = s.account_id
            WHERE a.purpose = 'SAFEGUARDING' AND a.currency = %(currency)s AND s.is_booked
                AND s.closing_on <= %(day)s
            ORDER BY s.closing_on DESC, s.sequence DESC LIMIT 1
        )
    FROM held AS h
"""
_NAMES = (
    "customers_positive_minor",
    "customers_negative_minor",
    "merchant_payable_minor",
    "refunds_payable_minor",
    "unallocated_receipts_minor",
    "in_transit_out_minor",
    "in_transit_in_minor",
    "bank_balance_per_ledger_minor",
    "bank_balance_per_statement_minor",
)
_OWED = (
    "customers_positive_minor",
    "merchant_payable_minor",
    "refunds_payable_minor",
    "unallocated_receipts_minor",
    "in_transit_out_minor",
)


def figures(*, currency: str, day: date, guarantee_minor: int = 0) -> dict[str, Any]:
    """Return the figures of a day, as of its end, in minor units."""
    as_of = datetime.combine(day + timedelta(days=1), time(), HOME_ZONE)
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"as_of": as_of, "currency": currency, "day": day})
        row = cursor.fetchone()
    found: dict[str, Any] = {
        name: None if value is None else int(value)
        for name, value in zip(_NAMES, row, strict=True)
    }
    found["requirement_minor"] = sum(found[name] for name in _OWED)
    found["guarantee_minor"] = guarantee_minor
    found["resource_minor"] = (
        found["bank_balance_per_ledger_minor"] + found["in_transit_in_minor"] + guarantee_minor
    )
    found["difference_minor"] = found["resource_minor"] - found["requirement_minor"]
    canonical = json.dumps(found | {"day": day.isoformat(), "currency": currency}, sort_keys=True)
    found["evidence_sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    found["as_of"] = as_of
    return found


def write(*, currency: str, day: date) -> SafeguardingDay:
    """Write the figures of a day down, inside the caller's database transaction.

    What somebody acted on stays as it was.
    """
    found = figures(currency=currency, day=day)
    difference = found["difference_minor"]
    found["action"] = (
        _Action.NONE if not difference else _Action.WITHDRAW if difference > 0 else _Action.TOP_UP
    )
    key = {"pool": SafeguardingDay.Pool.STORED_VALUE, "currency": currency, "day": day}
    written, is_new = SafeguardingDay.objects.get_or_create(**key, defaults=found)
    if not is_new and written.maker_id is None:
        for name, value in found.items():
            setattr(written, name, value)
        written.save()
    return written


@use_case
def propose(*, of_day: SafeguardingDay, by: User, at: datetime) -> SafeguardingDay:
    """Say that the difference of a day is to be moved between customers' money and our own.

    Raises:
        NotStaff: not one of our people.
        BreakState: there is nothing to move, or somebody said so before.

    """
    require_staff(by)
    found = SafeguardingDay.objects.select_for_update(of=("self",)).get(pk=of_day.pk)
    if found.maker_id is not None or found.action == _Action.NONE:
        raise BreakState(found.action)
    found.maker, found.made_at = by, at
    found.save(update_fields=["maker", "made_at"])
    return found


def reference_of(of_day: SafeguardingDay) -> str:
    """Return what the movement of a day's difference is called at the bank."""
    return f"SG{of_day.currency}{of_day.day:%Y%m%d}"


@use_case
def approve(*, of_day: SafeguardingDay, by: User, at: datetime) -> SafeguardingDay:
    """Move the difference of a day that another person proposed to move.

    Raises:
        NotStaff: not one of our people.
        SecondPersonNeeded: the same person proposed it.
        BreakState: nobody proposed it, or it was moved.

    """
    require_staff(by)
    found = SafeguardingDay.objects.select_for_update(of=("self",)).get(pk=of_day.pk)
    if found.maker_id is None or found.actioned_at is not None:
        raise BreakState(found.action)
    if found.maker_id == by.pk:
        raise SecondPersonNeeded
    amount = Money(abs(found.difference_minor), found.currency)
    kept = account_id(SAFEGUARDING, found.currency)
    own = account_id(OPERATING, found.currency)
    to, source = (own, kept) if found.action == _Action.WITHDRAW else (kept, own)
    post(
        kind="SAFEGUARDING_SWEEP",
        reference=f"safeguarding:{reference_of(found)}",
        legs=[debit(to, amount), credit(source, amount)],
        effective_at=at,
    )
    found.checker, found.actioned_at = by, at
    found.save(update_fields=["checker", "actioned_at"])
    return found
