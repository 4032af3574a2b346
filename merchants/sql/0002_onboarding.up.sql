-- Terms, agreements, turnovers and audits are history, like the book: the tables' owner may not
-- change them either. The function that refuses is the ledger's.
CREATE TRIGGER merchants_feeplan_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_feeplan
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_feeplan FROM jigap_app;

CREATE TRIGGER merchants_feerate_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_feerate
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_feerate FROM jigap_app;

CREATE TRIGGER merchants_feeagreement_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_feeagreement
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_feeagreement FROM jigap_app;

CREATE TRIGGER merchants_monthlyturnover_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_monthlyturnover
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_monthlyturnover FROM jigap_app;

CREATE TRIGGER merchants_merchantaudit_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_merchantaudit
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_merchantaudit FROM jigap_app;

-- A role, an invitation or a key of one merchant cannot be for the store of another.
ALTER TABLE merchants_store ADD CONSTRAINT merchants_store_of_merchant
    UNIQUE (id, merchant_id);
ALTER TABLE merchants_terminal ADD CONSTRAINT merchants_terminal_of_store
    UNIQUE (id, store_id);
ALTER TABLE merchants_staffrole ADD CONSTRAINT merchants_staff_role_store_of_merchant
    FOREIGN KEY (store_id, merchant_id) REFERENCES merchants_store (id, merchant_id);
ALTER TABLE merchants_staffinvitation ADD CONSTRAINT merchants_invitation_store_of_merchant
    FOREIGN KEY (store_id, merchant_id) REFERENCES merchants_store (id, merchant_id);
ALTER TABLE merchants_apikey ADD CONSTRAINT merchants_api_key_store_of_merchant
    FOREIGN KEY (store_id, merchant_id) REFERENCES merchants_store (id, merchant_id);
ALTER TABLE merchants_apikey ADD CONSTRAINT merchants_api_key_terminal_of_store
    FOREIGN KEY (terminal_id, store_id) REFERENCES merchants_terminal (id, store_id);

-- The lock makes two owners who leave at once do so one after the other; the second one stays.
CREATE FUNCTION merchants_owner_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.role <> 'OWNER' OR old.ended_at IS NOT NULL THEN
        RETURN coalesce(new, old);
    END IF;
    IF tg_op = 'UPDATE' AND new.role = 'OWNER' AND new.ended_at IS NULL
        AND new.merchant_id = old.merchant_id THEN
        RETURN new;
    END IF;
    PERFORM FROM merchants_merchant WHERE id = old.merchant_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT FROM merchants_staffrole
        WHERE merchant_id = old.merchant_id AND role = 'OWNER' AND ended_at IS NULL
            AND id <> old.id
    ) THEN
        RAISE EXCEPTION 'a merchant keeps an owner' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'merchants_staff_role_owner_stays';
    END IF;
    RETURN coalesce(new, old);
END
$$;
CREATE TRIGGER merchants_staff_role_owner_stays
BEFORE UPDATE OR DELETE ON merchants_staffrole
FOR EACH ROW EXECUTE FUNCTION merchants_owner_stays();

-- Terms that somebody agreed to do not change by a rate more.
CREATE FUNCTION merchants_rates_come_first() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- An agreement under way holds FOR KEY SHARE on the plan, and is waited for. The lock asks
    -- for a right to change plans, which the application has not.
    PERFORM FROM merchants_feeplan WHERE id = new.plan_id AND is_tiered FOR UPDATE;
    IF NOT FOUND OR EXISTS (
        SELECT FROM merchants_feeagreement WHERE plan_id = new.plan_id
    ) THEN
        RAISE EXCEPTION 'the terms of this plan are final' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'merchants_fee_rate_before_agreement';
    END IF;
    RETURN new;
END
$$;
CREATE TRIGGER merchants_fee_rate_before_agreement BEFORE INSERT ON merchants_feerate
FOR EACH ROW EXECUTE FUNCTION merchants_rates_come_first();
