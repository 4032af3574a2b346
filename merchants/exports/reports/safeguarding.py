"""R7: what is owed to customers and merchants against what is kept apart, each day."""

from __future__ import annotations

from merchants.exports.cells import amount, instant, ours, plain
from merchants.exports.shapes import Report

_OF_DAYS = "d.day BETWEEN %(first)s AND %(last)s"
_TERMS = {
    "customers_positive_balance_sum": "d.customers_positive_minor",
    "customers_negative_sum": "d.customers_negative_minor",
    "merchant_payable": "d.merchant_payable_minor",
    "refunds_payable": "d.refunds_payable_minor",
    "unallocated_receipts": "d.unallocated_receipts_minor",
    "in_transit_out": "d.in_transit_out_minor",
    "in_transit_in": "d.in_transit_in_minor",
    "requirement": "d.requirement_minor",
    "bank_balance_per_ledger": "d.bank_balance_per_ledger_minor",
    "bank_balance_per_statement": "d.bank_balance_per_statement_minor",
    "guarantee": "d.guarantee_minor",
    "resource": "d.resource_minor",
    "difference": "d.difference_minor",
}

SAFEGUARDING = Report(
    code="R7",
    name="safeguarding_daily",
    columns=(
        plain("pool", "d.pool"),
        plain("currency", "d.currency"),
        plain("date", "d.day"),
        instant("as_of", "d.as_of"),
        *(column for name, sql in _TERMS.items() for column in amount(name, sql, "d.currency")),
        plain("action", "d.action"),
        instant("actioned_at", "d.actioned_at"),
        plain("maker", "'user:' || d.maker_id"),
        plain("checker", "'user:' || d.checker_id"),
        ours("evidence_hash", "sha256:", "d.evidence_sha256"),
    ),
    rows=f"merchants_safeguardingday AS d WHERE {_OF_DAYS} ORDER BY d.day, d.pool, d.currency",
    control=f"merchants_safeguardingday AS d WHERE {_OF_DAYS}",
    currency="d.currency",
    totals={
        "requirement_minor": "d.requirement_minor",
        "resource_minor": "d.resource_minor",
        "difference_minor": "d.difference_minor",
    },
)
