-- A rule says the same as long as it is there: what it caught can be explained afterwards. It may
-- only be put into effect, and ended.
CREATE FUNCTION merchants_guard_risk_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY['is_dry_run', 'ended_at'])
        <> (to_jsonb(OLD) - ARRAY['is_dry_run', 'ended_at'])
        OR (NEW.is_dry_run AND NOT OLD.is_dry_run)
        OR (OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD)
    THEN
        RAISE EXCEPTION 'a rule is put into effect or ended, not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_risk_rule_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_riskrule_guarded BEFORE UPDATE ON merchants_riskrule
FOR EACH ROW EXECUTE FUNCTION merchants_guard_risk_rule();
CREATE TRIGGER merchants_riskrule_kept BEFORE DELETE OR TRUNCATE ON merchants_riskrule
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_riskrulechange_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_riskrulechange
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_riskhit_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_riskhit
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_riskreview_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_riskreview
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON
    merchants_riskrule, merchants_riskrulechange, merchants_riskhit, merchants_riskreview
    FROM jigap_app;
GRANT UPDATE (is_dry_run, ended_at) ON merchants_riskrule TO jigap_app;
