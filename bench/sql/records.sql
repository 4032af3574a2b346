-- A day of payments, in the book and in the records; filled past all guards, since only reading
-- it is measured.
SET session_replication_role = replica;
INSERT INTO merchants_merchant SELECT (jsonb_populate_record(NULL::merchants_merchant, jsonb_build_object(
    'id', 1, 'public_id', 'M1', 'legal_name', 'x', 'kind', 'COMPANY', 'registration_number', '', 'contact_name', '',
    'contact_phone', '', 'contact_email', '', 'currency', 'KRW', 'zone', 'Asia/Seoul', 'minimum_payout_minor', 1000,
    'payable_account_id', 1, 'in_transit_account_id', 2, 'reserve_account_id', 3, 'status', 'ACTIVE', 'has_webhooks', FALSE
))).*;
INSERT INTO ledger_transaction (id, kind, reference, effective_at, recorded_at, description, metadata)
SELECT n, 'PAYMENT', 'payment:' || (10000000 + n), '2026-03-02T12:00:00+09:00', now(), '', '{}'
FROM generate_series(1, :payments) AS n;
INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, currency, effective_at, stripe)
SELECT n, leg, CASE leg WHEN 1 THEN 12000 WHEN 2 THEN -11790 ELSE -210 END, 'KRW', '2026-03-02T12:00:00+09:00', 0
FROM generate_series(1, :payments) AS n CROSS JOIN generate_series(1, 3) AS leg;
INSERT INTO merchants_payment SELECT (jsonb_populate_record(NULL::merchants_payment, jsonb_build_object(
    'id', n, 'number', (10000000 + n)::text, 'merchant_id', 1, 'store_id', 1, 'wallet_id', 1, 'presented', 'STATIC', 'is_manual_capture', FALSE,
    'currency', 'KRW', 'amount_minor', 12000, 'tip_minor', 0, 'captured_minor', CASE WHEN n % 1000 = 0 THEN 11999 ELSE 12000 END,
    'fee_minor', 210, 'refunded_minor', 0, 'disputed_minor', 0, 'asks_tip', FALSE, 'answers', '{}'::jsonb, 'bill_number', '', 'memo', '', 'state', 'SUCCEEDED',
    'created_at', '2026-03-02T12:00:00+09:00', 'paid_at', '2026-03-02T12:00:00+09:00', 'closed_because', ''
))).* FROM generate_series(1, :payments) AS n;
CREATE TABLE bench_book AS SELECT t.reference, 12000::bigint AS amount_minor FROM ledger_transaction AS t;
CREATE TABLE bench_records AS SELECT 'payment:' || p.number AS reference, p.captured_minor AS amount_minor FROM merchants_payment AS p;
SET session_replication_role = origin;
