-- A dispute goes along the edges of merchants/states/disputes.py and along no others, whoever
-- writes; what was claimed stays as it was.
CREATE FUNCTION merchants_guard_dispute() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.state <> OLD.state AND NOT CASE OLD.state
        WHEN 'OPEN' THEN NEW.state IN ('PROPOSED', 'WON', 'LOST', 'WITHDRAWN', 'CONCEDED')
        WHEN 'PROPOSED' THEN NEW.state IN ('OPEN', 'WON', 'LOST', 'WITHDRAWN', 'CONCEDED')
        ELSE FALSE
    END) OR (OLD.state = 'OPEN' AND NEW.ended_by = 'PEOPLE') THEN
        RAISE EXCEPTION 'a dispute does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_dispute_edge';
    END IF;
    IF (
        NEW.public_id, NEW.payment_id, NEW.merchant_id, NEW.opened_by_id, NEW.amount_minor,
        NEW.currency, NEW.reason, NEW.statement, NEW.opened_at, NEW.answer_by, NEW.decide_by
    ) IS DISTINCT FROM (
        OLD.public_id, OLD.payment_id, OLD.merchant_id, OLD.opened_by_id, OLD.amount_minor,
        OLD.currency, OLD.reason, OLD.statement, OLD.opened_at, OLD.answer_by, OLD.decide_by
    ) OR (OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD)
    THEN
        RAISE EXCEPTION 'what was claimed and decided does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_dispute_facts_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_dispute_guarded BEFORE UPDATE ON merchants_dispute
FOR EACH ROW EXECUTE FUNCTION merchants_guard_dispute();
CREATE TRIGGER merchants_dispute_kept BEFORE DELETE OR TRUNCATE ON merchants_dispute
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_disputeevidence_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_disputeevidence
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- What a payment says is held back of it is what its undecided dispute claims. Deferred to COMMIT,
-- because the two rows are written one after the other.
CREATE FUNCTION merchants_check_held_back() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    v_payment bigint := CASE tg_table_name WHEN 'merchants_payment' THEN NEW.id END;
BEGIN
    IF v_payment IS NULL THEN
        v_payment := (to_jsonb(NEW) ->> 'payment_id')::bigint;
    END IF;
    IF EXISTS (
        SELECT FROM merchants_payment AS p WHERE p.id = v_payment AND p.disputed_minor <> coalesce((
            SELECT d.amount_minor FROM merchants_dispute AS d
            WHERE d.payment_id = p.id AND d.state IN ('OPEN', 'PROPOSED')
        ), 0)
    ) THEN
        RAISE EXCEPTION 'what is held back of a payment is what is claimed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_dispute_held_back';
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER merchants_payment_held_back
AFTER UPDATE OF disputed_minor ON merchants_payment
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (old.disputed_minor IS DISTINCT FROM new.disputed_minor)
EXECUTE FUNCTION merchants_check_held_back();
CREATE CONSTRAINT TRIGGER merchants_dispute_held_back
AFTER INSERT OR UPDATE OF state ON merchants_dispute
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION merchants_check_held_back();

REVOKE DELETE, TRUNCATE ON merchants_dispute FROM jigap_app;
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_disputeevidence FROM jigap_app;
