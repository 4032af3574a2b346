"""R9: the fees of each merchant and month, and the VAT on them, as they are invoiced."""

from __future__ import annotations

from merchants.exports.cells import amount, plain, reference, text
from merchants.exports.reports.settlement import INVOICE
from merchants.exports.shapes import Report

_OF_DAYS = """
    s.business_date BETWEEN %(first)s AND %(last)s
    AND (%(merchant_id)s::bigint IS NULL OR s.merchant_id = %(merchant_id)s)
"""
_SUPPLY = "s.fee_minor - s.fee_refund_minor"

FEES = Report(
    code="R9",
    name="fee_vat_register",
    is_for_merchants=True,
    with_clause=f"""
        WITH invoice AS (
            SELECT s.merchant_id, s.currency, min(m.registration_number) AS tax_id,
                min(m.public_id) AS public_id, min(m.legal_name) AS legal_name,
                to_char(s.business_date, 'YYYY-MM') AS period, min({INVOICE}) AS number,
                sum({_SUPPLY})::bigint AS supply, sum(s.vat_minor)::bigint AS vat,
                string_agg('S' || s.id, ' ' ORDER BY s.id) AS ids
            FROM merchants_settlement AS s
            INNER JOIN merchants_merchant AS m ON m.id = s.merchant_id
            WHERE {_OF_DAYS} AND s.fee_minor + s.fee_refund_minor > 0
            GROUP BY s.merchant_id, s.currency, to_char(s.business_date, 'YYYY-MM')
        )
    """,  # noqa: S608 - made of constants of this module.
    columns=(
        plain("merchant_id", "i.public_id"),
        reference("merchant_tax_id", "i.tax_id"),
        text("merchant_name", "i.legal_name"),
        reference("period", "i.period"),
        plain("invoice_no", "i.number"),
        plain("currency", "i.currency"),
        *amount("supply_amount", "i.supply", "i.currency"),
        *amount("vat", "i.vat", "i.currency"),
        *amount("total", "i.supply + i.vat", "i.currency"),
        plain("settlement_ids", "i.ids"),
    ),
    rows="invoice AS i ORDER BY i.period, i.merchant_id, i.currency",
    control=f"""
        merchants_settlement AS s WHERE {_OF_DAYS} AND s.fee_minor + s.fee_refund_minor > 0
    """,
    currency="s.currency",
    row_count="count(DISTINCT (s.merchant_id, to_char(s.business_date, 'YYYY-MM')))",
    totals={
        "supply_amount_minor": _SUPPLY,
        "vat_minor": "s.vat_minor",
        "total_minor": f"{_SUPPLY} + s.vat_minor",
    },
)
