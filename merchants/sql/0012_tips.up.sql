-- What a payer added as a tip is in the amount from when it is paid on, once, and only where the
-- store asked for one; and what the payer was asked besides is as final as the amount.
CREATE OR REPLACE FUNCTION merchants_guard_payment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.state <> OLD.state AND NOT CASE OLD.state
        WHEN 'CREATED' THEN NEW.state IN ('AWAITING_PAYER', 'SUCCEEDED', 'AUTHORIZED', 'CLOSED')
        WHEN 'AWAITING_PAYER' THEN NEW.state IN ('SUCCEEDED', 'AUTHORIZED', 'CLOSED')
        WHEN 'AUTHORIZED' THEN NEW.state IN ('CAPTURED', 'VOIDED', 'EXPIRED')
        WHEN 'SUCCEEDED' THEN NEW.state IN ('PARTIALLY_REFUNDED', 'REFUNDED')
        WHEN 'CAPTURED' THEN NEW.state IN ('PARTIALLY_REFUNDED', 'REFUNDED')
        WHEN 'PARTIALLY_REFUNDED' THEN NEW.state = 'REFUNDED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a payment does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payment_edge';
    END IF;
    IF (
        NEW.number, NEW.merchant_id, NEW.currency, NEW.amount_minor - NEW.tip_minor,
        NEW.merchant_order_no, NEW.store_id, NEW.presented, NEW.created_at, NEW.asks_tip,
        NEW.answers, NEW.bill_number
    ) IS DISTINCT FROM (
        OLD.number, OLD.merchant_id, OLD.currency, OLD.amount_minor - OLD.tip_minor,
        OLD.merchant_order_no, OLD.store_id, OLD.presented, OLD.created_at, OLD.asks_tip,
        OLD.answers, OLD.bill_number
    ) OR (OLD.wallet_id IS NOT NULL AND NEW.wallet_id IS DISTINCT FROM OLD.wallet_id)
        OR (OLD.captured_minor <> 0 AND NEW.captured_minor <> OLD.captured_minor)
        OR NEW.refunded_minor < OLD.refunded_minor
        OR (NEW.tip_minor <> OLD.tip_minor AND NOT (
            OLD.asks_tip AND OLD.tip_minor = 0 AND OLD.state IN ('CREATED', 'AWAITING_PAYER')
            AND NEW.state IN ('SUCCEEDED', 'AUTHORIZED')
        ))
    THEN
        RAISE EXCEPTION 'what was asked and paid does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payment_facts_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE FUNCTION merchants_payment_facts(p merchants_payment) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT jsonb_build_object(
        'number', p.number, 'order_no', p.merchant_order_no, 'state', p.state,
        'presented', p.presented, 'currency', p.currency, 'amount_minor', p.amount_minor,
        'tip_minor', p.tip_minor, 'captured_minor', p.captured_minor, 'fee_minor', p.fee_minor,
        'refunded_minor', p.refunded_minor, 'bill_number', p.bill_number,
        'closed_because', p.closed_because, 'answers', p.answers
    )
$$;
