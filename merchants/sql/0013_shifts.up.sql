-- What a shift came to is written once, when it is closed.
CREATE FUNCTION merchants_refuse_closed_shift() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'shift % is closed', old.public_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_till_shift_final';
END $$;

CREATE TRIGGER merchants_till_shift_final BEFORE UPDATE ON merchants_tillshift
FOR EACH ROW WHEN (old.closed_at IS NOT NULL)
EXECUTE FUNCTION merchants_refuse_closed_shift();
CREATE TRIGGER merchants_till_shift_kept BEFORE DELETE OR TRUNCATE ON merchants_tillshift
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE DELETE, TRUNCATE ON merchants_tillshift FROM jigap_app;
