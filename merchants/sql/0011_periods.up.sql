-- What was asked for about a month stays as it was asked, and as it was decided.
CREATE FUNCTION merchants_guard_period_request() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> 'REQUESTED' OR (
        NEW.month, NEW.action, NEW.reference, NEW.reason, NEW.requested_by_id, NEW.requested_at
    ) IS DISTINCT FROM (
        OLD.month, OLD.action, OLD.reference, OLD.reason, OLD.requested_by_id, OLD.requested_at
    ) THEN
        RAISE EXCEPTION 'what was asked for and decided does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_period_request_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_period_request_guarded BEFORE UPDATE ON merchants_periodrequest
FOR EACH ROW EXECUTE FUNCTION merchants_guard_period_request();
CREATE TRIGGER merchants_period_request_kept BEFORE DELETE OR TRUNCATE ON merchants_periodrequest
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE DELETE, TRUNCATE ON merchants_periodrequest FROM jigap_app;
