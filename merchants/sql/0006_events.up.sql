-- Note [Events by trigger]
-- A payment changes its state in many ways: by a payer, a till, a job that closes thousands by one
-- statement, an upload of vouchers. The event belongs to the change of the row, so it is written
-- where the row changes: none can be forgotten, none can exist without its effect, and it costs the
-- payment no round trip. Whoever adds a way to pay adds nothing here.
CREATE FUNCTION merchants_payment_facts(p merchants_payment) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT jsonb_build_object(
        'number', p.number, 'order_no', p.merchant_order_no, 'state', p.state,
        'presented', p.presented, 'currency', p.currency, 'amount_minor', p.amount_minor,
        'tip_minor', p.tip_minor, 'captured_minor', p.captured_minor, 'fee_minor', p.fee_minor,
        'refunded_minor', p.refunded_minor, 'bill_number', p.bill_number,
        'closed_because', p.closed_because
    )
$$;

CREATE FUNCTION merchants_tell_of_payment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    -- A refund tells of itself, with its number.
    IF NEW.state IN ('PARTIALLY_REFUNDED', 'REFUNDED') THEN
        RETURN NULL;
    END IF;
    INSERT INTO merchants_merchantevent (
        public_id, merchant_id, store_id, kind, facts, happened_at
    ) VALUES (
        gen_random_uuid(), NEW.merchant_id, NEW.store_id, 'payment.' || lower(NEW.state),
        merchants_payment_facts(NEW),
        CASE
            WHEN NEW.state IN ('SUCCEEDED', 'CAPTURED') THEN NEW.paid_at
            WHEN NEW.state IN ('CLOSED', 'VOIDED', 'EXPIRED')
            THEN coalesce(NEW.ended_at, statement_timestamp())
            WHEN tg_op = 'INSERT' THEN NEW.created_at
            ELSE statement_timestamp()
        END
    );
    RETURN NULL;
END;
$$;

CREATE TRIGGER merchants_payment_made AFTER INSERT ON merchants_payment
FOR EACH ROW EXECUTE FUNCTION merchants_tell_of_payment();
CREATE TRIGGER merchants_payment_moved AFTER UPDATE OF state ON merchants_payment
FOR EACH ROW WHEN (old.state IS DISTINCT FROM new.state)
EXECUTE FUNCTION merchants_tell_of_payment();

CREATE FUNCTION merchants_tell_of_refund() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO merchants_merchantevent (
        public_id, merchant_id, store_id, kind, facts, happened_at
    )
    SELECT gen_random_uuid(), p.merchant_id, p.store_id, 'payment.refunded',
        merchants_payment_facts(p) || jsonb_build_object('refund', jsonb_build_object(
            'number', NEW.number, 'refund_no', NEW.merchant_refund_no, 'reason', NEW.reason,
            'currency', p.currency, 'amount_minor', NEW.amount_minor, 'fee_minor', NEW.fee_minor
        )),
        NEW.refunded_at
    FROM merchants_payment AS p WHERE p.id = NEW.payment_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER merchants_refund_made AFTER INSERT ON merchants_refund
FOR EACH ROW EXECUTE FUNCTION merchants_tell_of_refund();

-- What happened stays as it was told; only its number is given afterwards, once.
CREATE FUNCTION merchants_guard_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.sequence IS NOT NULL OR (to_jsonb(NEW) - 'sequence') <> (to_jsonb(OLD) - 'sequence') THEN
        RAISE EXCEPTION 'what happened does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_event_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_event_guarded BEFORE UPDATE ON merchants_merchantevent
FOR EACH ROW EXECUTE FUNCTION merchants_guard_event();
CREATE TRIGGER merchants_event_kept BEFORE DELETE OR TRUNCATE ON merchants_merchantevent
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_merchantevent FROM jigap_app;
GRANT UPDATE (sequence) ON merchants_merchantevent TO jigap_app;
