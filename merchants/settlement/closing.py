"""Closing a day: items, sums, VAT and payouts of all merchants, by set-based SQL.

May be called any number of times, in parallel, and be killed at any line: the run's row is locked,
all of it is one database transaction, an entry has at most one item, postings have references.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import Item, credit, debit, post_many
from merchants.fees import vat
from merchants.fees.agreements import plans_at_close
from merchants.models import FeePlan, Payout, Settlement, SettlementRun
from merchants.states import RunState, SettlementState
from wallet.chart import VAT_PAYABLE
from wallet.idempotency import use_case

# The day ends at midnight in the merchant's own zone. What was posted too late for its own day's
# closing belongs to the first closing after it.
_ENTRIES = """
    SELECT e.id AS entry_id, e.effective_at, -e.amount_minor AS net_minor, t.kind, t.reference,
        m.id AS merchant_id, m.currency, m.zone
    FROM merchants_merchant AS m
    INNER JOIN ledger_entry AS e ON e.account_id = m.payable_account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    WHERE t.kind IN ('PAYMENT', 'REFUND') AND t.id <= %(through_id)s
        AND e.effective_at < (%(business_date)s::date + 1)::timestamp AT TIME ZONE m.zone
        AND NOT EXISTS (SELECT FROM merchants_settlementitem AS i WHERE i.entry_id = e.id)
"""
_OPEN = f"""
    INSERT INTO merchants_settlement (
        run_id, merchant_id, business_date, currency, state, closed_at, payment_count,
        payment_gross_minor, refund_count, refund_minor, fee_minor, vat_minor, carry_in_minor,
        net_minor, payout_minor, carry_out_minor
    )
    SELECT DISTINCT %(run_id)s, x.merchant_id, %(business_date)s::date, x.currency, 'CARRIED',
        %(at)s::timestamptz, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM ({_ENTRIES}) AS x
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - made of constants of this module.
_ITEMS = f"""
    INSERT INTO merchants_settlementitem (
        settlement_id, line_no, line_type, entry_id, payment_id, gross_minor, fee_minor, net_minor,
        is_late
    )
    SELECT s.id, row_number() OVER (PARTITION BY s.id ORDER BY x.entry_id), x.kind, x.entry_id,
        coalesce(p.id, r.payment_id), x.net_minor + coalesce(p.fee_minor, -r.fee_minor),
        coalesce(p.fee_minor, -r.fee_minor), x.net_minor,
        x.effective_at < %(business_date)s::date::timestamp AT TIME ZONE x.zone
    FROM ({_ENTRIES}) AS x
    INNER JOIN merchants_settlement AS s
        ON s.run_id = %(run_id)s AND s.merchant_id = x.merchant_id AND s.currency = x.currency
    LEFT JOIN merchants_payment AS p
        ON x.kind = 'PAYMENT' AND p.number = substr(x.reference, length('payment:') + 1)
    LEFT JOIN merchants_refund AS r
        ON x.kind = 'REFUND' AND r.number = substr(x.reference, length('refund:') + 1)
"""  # noqa: S608 - made of constants of this module.
_SUMS = """
    SELECT s.id, coalesce(c.carry_out_minor, 0),
        count(*) FILTER (WHERE i.line_type = 'PAYMENT'),
        coalesce(sum(i.gross_minor) FILTER (WHERE i.line_type = 'PAYMENT'), 0),
        count(*) FILTER (WHERE i.line_type = 'REFUND'),
        coalesce(-sum(i.gross_minor) FILTER (WHERE i.line_type = 'REFUND'), 0),
        sum(i.fee_minor)
    FROM merchants_settlement AS s
    INNER JOIN merchants_settlementitem AS i ON i.settlement_id = s.id
    LEFT JOIN LATERAL (
        SELECT p.carry_out_minor FROM merchants_settlement AS p
        WHERE p.merchant_id = s.merchant_id AND p.currency = s.currency AND p.id < s.id
        ORDER BY p.id DESC LIMIT 1
    ) AS c ON TRUE
    WHERE s.run_id = %(run_id)s GROUP BY s.id, c.carry_out_minor
"""


@use_case
def settle_run(*, run_id: int, at: datetime) -> int:
    """Close the day of a run; return how many merchants were settled (0: done, or under way)."""
    with connection.cursor() as cursor:
        # One closing at a time: two of different days would reach for the same late entries.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('merchants.settlement'))")
    run = (
        SettlementRun.objects.select_for_update(skip_locked=True)
        .filter(pk=run_id, state=RunState.PENDING)
        .first()
    )
    if run is None:
        return 0
    facts: dict[str, Any] = {
        "run_id": run.pk,
        "business_date": run.business_date,
        "through_id": run.through_id,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, facts)
        cursor.execute(_ITEMS, facts)
        cursor.execute(_SUMS, facts)
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
    settlements = list(
        Settlement.objects.filter(run=run).select_related("merchant").order_by("pk")
    )
    plans = plans_at_close(
        merchant_ids=[s.merchant_id for s in settlements], business_date=run.business_date
    )
    for settlement in settlements:
        _net(settlement, sums[settlement.pk], plans[settlement.merchant_id])
    _write(settlements, at)
    run.state, run.settled_at = RunState.SETTLED, at
    run.save(update_fields=["state", "settled_at"])
    return len(settlements)


def _net(settlement: Settlement, sums: tuple[Any, ...], plan: FeePlan) -> None:
    carry_in, payments, gross, refunds, refunded, fee = (int(value) for value in sums)
    tax = vat(plan=plan, fee_minor=fee)
    net = gross - refunded - fee - tax + carry_in
    is_paid = net >= max(1, settlement.merchant.minimum_payout_minor)
    settlement.payment_count, settlement.payment_gross_minor = payments, gross
    settlement.refund_count, settlement.refund_minor = refunds, refunded
    settlement.fee_minor, settlement.vat_minor = fee, tax
    settlement.carry_in_minor, settlement.net_minor = carry_in, net
    settlement.payout_minor = net if is_paid else 0
    settlement.carry_out_minor = 0 if is_paid else net
    settlement.state = SettlementState.PAYABLE if is_paid else SettlementState.CARRIED


_SUM_FIELDS = (
    "payment_count",
    "payment_gross_minor",
    "refund_count",
    "refund_minor",
    "fee_minor",
    "vat_minor",
    "carry_in_minor",
    "net_minor",
    "payout_minor",
    "carry_out_minor",
    "state",
)


def _write(settlements: list[Settlement], at: datetime) -> None:
    Settlement.objects.bulk_update(settlements, _SUM_FIELDS, batch_size=1000)
    Payout.objects.bulk_create(
        Payout(settlement=s, amount_minor=s.payout_minor, currency=s.currency, booked_at=at)
        for s in settlements
        if s.payout_minor
    )
    postings = [item for settlement in settlements for item in _postings(settlement, at)]
    for outcome in post_many(postings):
        if outcome.refusal is not None:
            raise outcome.refusal


def _postings(settlement: Settlement, at: datetime) -> list[Item]:
    merchant = settlement.merchant
    tax = Money(settlement.vat_minor, settlement.currency)
    paid = Money(settlement.payout_minor, settlement.currency)
    made = []
    if tax.minor:
        owed, target = merchant.payable_account_id, account_id(VAT_PAYABLE, settlement.currency)
        # On a day of refunds the fees given back may be more than those taken.
        payer, payee = (owed, target) if tax.minor > 0 else (target, owed)
        tax = Money(abs(tax.minor), settlement.currency)
        legs = [debit(payer, tax), credit(payee, tax)]
        made.append(Item("SETTLEMENT_VAT", f"settlement:{settlement.pk}:vat", legs, at))
    if paid.minor:
        legs = [
            debit(merchant.payable_account_id, paid),
            credit(merchant.in_transit_account_id, paid),
        ]
        made.append(Item("PAYOUT", f"settlement:{settlement.pk}:payout", legs, at))
    return made
