-- A file of statements goes along these edges; what the bank said is never changed or taken away.
CREATE FUNCTION merchants_guard_statement_file() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.state <> OLD.state AND NOT CASE OLD.state
        WHEN 'RECEIVED' THEN NEW.state IN ('PARSED', 'QUARANTINED')
        WHEN 'PARSED' THEN NEW.state IN ('VALIDATED', 'QUARANTINED')
        WHEN 'VALIDATED' THEN NEW.state = 'LOADED'
        WHEN 'QUARANTINED' THEN NEW.state = 'PARSED'
        WHEN 'LOADED' THEN NEW.state = 'MATCHED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a statement file does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_statement_file_edge';
    END IF;
    IF (NEW.sha256, NEW.received_at) IS DISTINCT FROM (OLD.sha256, OLD.received_at) THEN
        RAISE EXCEPTION 'a statement file is its content'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_statement_file_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_statement_file_guarded BEFORE UPDATE ON merchants_statementfile
FOR EACH ROW EXECUTE FUNCTION merchants_guard_statement_file();
CREATE TRIGGER merchants_statement_file_kept BEFORE DELETE OR TRUNCATE ON merchants_statementfile
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_statement
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_bank_line_kept BEFORE DELETE OR TRUNCATE ON merchants_bankline
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_bank_line_final
BEFORE UPDATE OF
identity, account_id, told_by_id, line_no, occurrence, amount_minor, currency, booked_on, value_on, bank_reference,
end_to_end_id, batch_id, text, code, counterparty, return_reason, is_reversal
ON merchants_bankline
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- A line that a notification told of may come onto a statement, once.
CREATE FUNCTION merchants_guard_bank_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.statement_id IS NOT NULL AND NEW.statement_id IS DISTINCT FROM OLD.statement_id THEN
        RAISE EXCEPTION 'a bank line stays on its statement'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_bank_line_stays';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_bank_line_stays BEFORE UPDATE ON merchants_bankline
FOR EACH ROW EXECUTE FUNCTION merchants_guard_bank_line();

-- At the end of the database transaction the lines of a new statement add up to what it says.
CREATE FUNCTION merchants_check_statement_lines() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    v_sum numeric;
BEGIN
    SELECT coalesce(sum(b.amount_minor), 0) INTO v_sum FROM merchants_bankline AS b
    WHERE b.statement_id = NEW.id;
    IF NEW.is_booked AND v_sum <> NEW.entry_sum_minor THEN
        RAISE EXCEPTION 'the lines of statement % sum to %, not %', NEW.id, v_sum, NEW.entry_sum_minor
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_statement_lines_sum';
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER merchants_statement_lines_sum AFTER INSERT ON merchants_statement
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION merchants_check_statement_lines();

REVOKE DELETE, TRUNCATE ON merchants_statementfile FROM jigap_app;
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_statement, merchants_bankline FROM jigap_app;
GRANT UPDATE (statement_id) ON merchants_bankline TO jigap_app;
