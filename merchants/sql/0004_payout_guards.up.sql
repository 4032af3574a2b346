-- Payouts, their files and adjustments go along the edges of merchants/states/payouts.py; what they
-- say about money is final, and so is whatever was once written of what happened.

CREATE FUNCTION merchants_guard_payout() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    c_moves text[] := '{state,reason_code,reason,bank_reference,transaction_id,paid_transaction_id,'
        'restored_transaction_id,submitted_at,accepted_at,paid_at,returned_at,folded_at,poll_at}';
BEGIN
    IF (OLD.state <> NEW.state AND NOT CASE OLD.state
        WHEN 'CREATED' THEN NEW.state IN ('APPROVED', 'CANCELLED')
        WHEN 'APPROVED' THEN NEW.state IN ('QUEUED', 'CANCELLED')
        WHEN 'QUEUED' THEN NEW.state IN ('FILE_BUILT', 'CANCELLED')
        WHEN 'FILE_BUILT' THEN NEW.state = 'SUBMITTED'
        WHEN 'SUBMITTED' THEN NEW.state IN ('UNKNOWN', 'ACCEPTED', 'PAID', 'REJECTED')
        WHEN 'UNKNOWN' THEN NEW.state IN ('ACCEPTED', 'PAID', 'REJECTED')
        WHEN 'ACCEPTED' THEN NEW.state IN ('PAID', 'REJECTED')
        WHEN 'PAID' THEN NEW.state IN ('RECONCILED', 'RETURNED')
        WHEN 'RECONCILED' THEN NEW.state = 'RETURNED'
        WHEN 'REJECTED' THEN NEW.state = 'FUNDS_RESTORED'
        WHEN 'RETURNED' THEN NEW.state = 'FUNDS_RESTORED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a payout does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_edge';
    END IF;
    IF (to_jsonb(NEW) - c_moves) <> (to_jsonb(OLD) - c_moves)
        OR NEW.transaction_id IS DISTINCT FROM coalesce(OLD.transaction_id, NEW.transaction_id)
        OR NEW.paid_transaction_id IS DISTINCT FROM coalesce(OLD.paid_transaction_id, NEW.paid_transaction_id)
        OR NEW.restored_transaction_id
        IS DISTINCT FROM coalesce(OLD.restored_transaction_id, NEW.restored_transaction_id) THEN
        RAISE EXCEPTION 'what a payout is about does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_facts_final';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_payout_guarded BEFORE UPDATE ON merchants_payout
FOR EACH ROW EXECUTE FUNCTION merchants_guard_payout();

-- A payout is made anew only for one whose money is payable again, and for the same money.
CREATE FUNCTION merchants_guard_retry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.state <> 'CREATED' THEN
        RAISE EXCEPTION 'a payout does not begin as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_edge';
    END IF;
    IF NEW.retry_of_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM merchants_payout AS p
        WHERE p.id = NEW.retry_of_id AND p.state = 'FUNDS_RESTORED' AND p.folded_at IS NULL
            AND (p.merchant_id, p.amount_minor, p.currency) = (NEW.merchant_id, NEW.amount_minor, NEW.currency)
    ) THEN
        RAISE EXCEPTION 'payout % is not to be made anew', NEW.retry_of_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_retry_of_restored';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_payout_begins BEFORE INSERT ON merchants_payout
FOR EACH ROW EXECUTE FUNCTION merchants_guard_retry();

CREATE FUNCTION merchants_guard_payout_run() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.state <> NEW.state AND NOT CASE OLD.state
        WHEN 'DRAFT' THEN NEW.state IN ('SIGNED', 'CANCELLED')
        WHEN 'SIGNED' THEN NEW.state IN ('BUILT', 'CANCELLED')
        WHEN 'BUILT' THEN NEW.state = 'SENT'
        WHEN 'SENT' THEN NEW.state IN ('UNKNOWN', 'ACKED', 'NACKED', 'PARTIAL', 'CLOSED')
        WHEN 'UNKNOWN' THEN NEW.state IN ('ACKED', 'NACKED', 'PARTIAL', 'CLOSED')
        WHEN 'ACKED' THEN NEW.state = 'CLOSED'
        WHEN 'NACKED' THEN NEW.state = 'CLOSED'
        WHEN 'PARTIAL' THEN NEW.state = 'CLOSED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a payout run does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_run_edge';
    END IF;
    IF (NEW.number, NEW.currency, NEW.due_on, NEW.version, NEW.payout_count, NEW.total_minor, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.number, OLD.currency, OLD.due_on, OLD.version, OLD.payout_count, OLD.total_minor, OLD.proposed_at)
        OR (OLD.state <> 'DRAFT' AND (NEW.maker_id, NEW.checker_id, NEW.approved_digest)
            IS DISTINCT FROM (OLD.maker_id, OLD.checker_id, OLD.approved_digest))
        OR (OLD.maker_id IS NOT NULL AND NEW.maker_id IS DISTINCT FROM OLD.maker_id)
        OR (OLD.file IS NOT NULL AND (NEW.file, NEW.file_sha256) IS DISTINCT FROM (OLD.file, OLD.file_sha256))
    THEN
        RAISE EXCEPTION 'what was signed and written of a payout run does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_run_facts_final';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_payoutrun_guarded BEFORE UPDATE ON merchants_payoutrun
FOR EACH ROW EXECUTE FUNCTION merchants_guard_payout_run();

CREATE FUNCTION merchants_guard_adjustment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> 'REQUESTED' OR (
        NEW.merchant_id, NEW.amount_minor, NEW.currency, NEW.reason, NEW.requested_by_id, NEW.requested_at
    ) IS DISTINCT FROM (
        OLD.merchant_id, OLD.amount_minor, OLD.currency, OLD.reason, OLD.requested_by_id, OLD.requested_at
    ) THEN
        RAISE EXCEPTION 'an adjustment is decided once, and not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_adjustment_decided_once';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_adjustment_guarded BEFORE UPDATE ON merchants_adjustment
FOR EACH ROW EXECUTE FUNCTION merchants_guard_adjustment();
