"""What the bank should have: an entry on the ledger account of one of ours is expected there."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from merchants.models import ReconciliationRun
from merchants.reconciliation.rules import HOME_ZONE

# The record behind an entry is named by its transaction's reference, "<what>:<id>", and by that
# name the bank knows it. The bank's own name for it stands in the record.
_EXPECT = """
    INSERT INTO merchants_movement (
        account_id, kind, source_id, entry_id, amount_minor, currency, end_to_end_id, batch_id,
        bank_reference, expected_on
    )
    SELECT h.id, t.kind,
        left(x.source, 56) || CASE WHEN x.place > 1 THEN '#' || x.place ELSE '' END,
        e.id, e.amount_minor, e.currency,
        coalesce(o.number, left(replace(x.source, '-', ''), 64)), coalesce(r.number, ''),
        left(coalesce(w.bank_reference, p.provider_reference, x.source), 64),
        (e.effective_at AT TIME ZONE %(zone)s)::date
    FROM merchants_houseaccount AS h
    INNER JOIN ledger_entry AS e ON e.account_id = h.ledger_account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    CROSS JOIN LATERAL (
        SELECT substr(t.reference, position(':' IN t.reference) + 1) AS source,
            (
                SELECT count(*) FROM ledger_entry AS o
                WHERE o.transaction_id = e.transaction_id AND o.account_id = e.account_id
                    AND o.id <= e.id
            ) AS place
    ) AS x
    LEFT JOIN wallet_withdrawal AS w
        ON t.kind IN ('WITHDRAWAL_CONFIRMED', 'WITHDRAWAL_RETURNED')
        AND w.public_id::text = x.source
    LEFT JOIN wallet_topup AS p
        ON t.kind IN ('PROVIDER_PAYMENT', 'TOP_UP_REVERSAL') AND p.public_id::text = x.source
    LEFT JOIN merchants_payout AS o
        ON t.reference LIKE 'payout:%%' AND o.number = split_part(x.source, ':', 1)
    LEFT JOIN merchants_payoutrun AS r ON r.id = o.run_id
    WHERE e.transaction_id > %(after)s AND e.transaction_id <= %(through)s
    ON CONFLICT DO NOTHING
"""


def expected_through() -> int:
    """Return up to which transaction id the book's entries are expected at the bank."""
    latest = ReconciliationRun.objects.aggregate(latest=Max("through_id"))["latest"]
    return int(latest or 0)


def expect(*, after_id: int, through_id: int) -> int:
    """Write down what is expected of the transactions in between; return how many movements."""
    facts: dict[str, int | str] = {"after": after_id, "through": through_id, "zone": HOME_ZONE.key}
    with connection.cursor() as cursor:
        cursor.execute(_EXPECT, facts)
        return int(cursor.rowcount)
