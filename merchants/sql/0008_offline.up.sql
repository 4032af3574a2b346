-- What a telephone signed, a till answered and the issuer certified does not change, whoever
-- writes; money of an allowance goes one way.
CREATE FUNCTION merchants_guard_allowance() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.state <> OLD.state AND NOT CASE OLD.state
        WHEN 'ACTIVE' THEN NEW.state IN ('ENDED', 'FROZEN', 'RELEASED')
        WHEN 'ENDED' THEN NEW.state IN ('FROZEN', 'RELEASED')
        WHEN 'FROZEN' THEN NEW.state = 'RELEASED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'an allowance does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_allowance_edge';
    END IF;
    IF (
        NEW.public_id, NEW.short_id, NEW.wallet_id, NEW.device_id, NEW.currency, NEW.loaded_minor,
        NEW.body, NEW.signature, NEW.issued_at, NEW.expires_at
    ) IS DISTINCT FROM (
        OLD.public_id, OLD.short_id, OLD.wallet_id, OLD.device_id, OLD.currency, OLD.loaded_minor,
        OLD.body, OLD.signature, OLD.issued_at, OLD.expires_at
    ) OR NEW.claimed_minor < OLD.claimed_minor OR NEW.deadline_at > OLD.deadline_at
        OR (OLD.state = 'RELEASED' AND (NEW.claimed_minor, NEW.released_minor)
            <> (OLD.claimed_minor, OLD.released_minor))
    THEN
        RAISE EXCEPTION 'what was certified and claimed does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_allowance_facts_final';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_allowance_guarded BEFORE UPDATE ON merchants_allowance
FOR EACH ROW EXECUTE FUNCTION merchants_guard_allowance();

CREATE FUNCTION merchants_guard_voucher() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> 'LATE' OR (
        NEW.digest, NEW.allowance_id, NEW.till_id, NEW.counter, NEW.amount_minor,
        NEW.cumulative_minor, NEW.body, NEW.signature, NEW.is_conflict, NEW.asked_at, NEW.received_at
    ) IS DISTINCT FROM (
        OLD.digest, OLD.allowance_id, OLD.till_id, OLD.counter, OLD.amount_minor,
        OLD.cumulative_minor, OLD.body, OLD.signature, OLD.is_conflict, OLD.asked_at, OLD.received_at
    ) THEN
        RAISE EXCEPTION 'a voucher does not change, and is decided about once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_voucher_final';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_voucher_guarded BEFORE UPDATE ON merchants_voucher
FOR EACH ROW EXECUTE FUNCTION merchants_guard_voucher();

CREATE FUNCTION merchants_guard_till_certificate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR (
        NEW.till_id, NEW.terminal_id, NEW.public_key, NEW.body, NEW.signature, NEW.issued_at,
        NEW.expires_at
    ) IS DISTINCT FROM (
        OLD.till_id, OLD.terminal_id, OLD.public_key, OLD.body, OLD.signature, OLD.issued_at,
        OLD.expires_at
    ) THEN
        RAISE EXCEPTION 'a certificate is revoked once, and else stays as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_till_certificate_final';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_till_certificate_guarded BEFORE UPDATE ON merchants_tillcertificate
FOR EACH ROW EXECUTE FUNCTION merchants_guard_till_certificate();

-- Nothing of it is deleted; a nonce is not changed either. The function that refuses is the ledger's.
CREATE TRIGGER merchants_tillnonce_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_tillnonce
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_voucher_kept BEFORE DELETE OR TRUNCATE ON merchants_voucher
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_allowance_kept BEFORE DELETE OR TRUNCATE ON merchants_allowance
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_tillcertificate_kept BEFORE DELETE OR TRUNCATE ON merchants_tillcertificate
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_offlinecase_kept BEFORE DELETE OR TRUNCATE ON merchants_offlinecase
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE ON merchants_tillnonce FROM jigap_app;
REVOKE DELETE, TRUNCATE ON merchants_tillnonce, merchants_voucher, merchants_allowance,
merchants_tillcertificate, merchants_offlinecase FROM jigap_app;
