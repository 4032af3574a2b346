-- Matches and breaks go along their edges; what was matched on which evidence, and what happened to
-- it, is history.
CREATE FUNCTION merchants_guard_match_group() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.state <> OLD.state AND NOT CASE OLD.state
        WHEN 'PROPOSED' THEN NEW.state IN ('CONFIRMED', 'REJECTED')
        WHEN 'CONFIRMED' THEN NEW.state = 'REVOKED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a match does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_match_group_edge';
    END IF;
    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'the evidence of a match is final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_match_group_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_match_group_guarded BEFORE UPDATE ON merchants_matchgroup
FOR EACH ROW EXECUTE FUNCTION merchants_guard_match_group();
CREATE TRIGGER merchants_match_group_kept BEFORE DELETE OR TRUNCATE ON merchants_matchgroup
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE FUNCTION merchants_guard_match_claim() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.is_live OR to_jsonb(NEW) - 'is_live' IS DISTINCT FROM to_jsonb(OLD) - 'is_live' THEN
        RAISE EXCEPTION 'a claim is let go of, once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_match_claim_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_match_claim_guarded BEFORE UPDATE ON merchants_matchclaim
FOR EACH ROW EXECUTE FUNCTION merchants_guard_match_claim();
CREATE TRIGGER merchants_match_claim_kept BEFORE DELETE OR TRUNCATE ON merchants_matchclaim
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_match_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_matchstep
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_break_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_breakstep
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_break_kept BEFORE DELETE OR TRUNCATE ON merchants_break
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_movement_kept BEFORE DELETE OR TRUNCATE ON merchants_movement
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- A movement of a record gets its entry when the book has one; nothing else of it changes.
CREATE FUNCTION merchants_guard_movement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.entry_id IS NOT NULL OR NEW.entry_id IS NULL
        OR to_jsonb(NEW) - '{entry_id,expected_on}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{entry_id,expected_on}'::text[]
    THEN
        RAISE EXCEPTION 'what is expected at the bank is final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_movement_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_movement_guarded BEFORE UPDATE ON merchants_movement
FOR EACH ROW EXECUTE FUNCTION merchants_guard_movement();

CREATE FUNCTION merchants_guard_break() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.state <> OLD.state AND NOT CASE OLD.state
        WHEN 'OPEN' THEN NEW.state IN ('ASSIGNED', 'RESOLVED')
        WHEN 'REOPENED' THEN NEW.state IN ('ASSIGNED', 'RESOLVED')
        WHEN 'ASSIGNED' THEN NEW.state IN ('INVESTIGATING', 'PENDING_APPROVAL', 'RESOLVED')
        WHEN 'INVESTIGATING' THEN NEW.state IN ('ASSIGNED', 'PENDING_APPROVAL', 'RESOLVED')
        WHEN 'PENDING_APPROVAL' THEN NEW.state IN ('INVESTIGATING', 'RESOLVED')
        WHEN 'RESOLVED' THEN NEW.state = 'REOPENED'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a break does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_break_edge';
    END IF;
    IF (NEW.subject, NEW.currency, NEW.first_seen_on)
        IS DISTINCT FROM (OLD.subject, OLD.currency, OLD.first_seen_on)
    THEN
        RAISE EXCEPTION 'what a break is about is final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_break_final';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER merchants_break_guarded BEFORE UPDATE ON merchants_break
FOR EACH ROW EXECUTE FUNCTION merchants_guard_break();

-- Each break that begins or changes leaves a step, whoever writes it and however many at once.
CREATE FUNCTION merchants_note_break() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF tg_op = 'INSERT' OR NEW.state <> OLD.state OR NEW.category <> OLD.category THEN
        INSERT INTO merchants_breakstep (about_id, state, category, actor, reason, happened_at)
        VALUES (
            NEW.id, NEW.state, NEW.category,
            coalesce(nullif(current_setting('jigap.actor', TRUE), ''), 'system'),
            coalesce(current_setting('jigap.reason', TRUE), ''),
            coalesce(nullif(current_setting('jigap.at', TRUE), '')::timestamptz, clock_timestamp())
        );
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER merchants_break_noted AFTER INSERT OR UPDATE ON merchants_break
FOR EACH ROW EXECUTE FUNCTION merchants_note_break();

REVOKE DELETE, TRUNCATE ON merchants_matchgroup, merchants_matchclaim, merchants_movement, merchants_break FROM jigap_app;
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_matchstep, merchants_breakstep FROM jigap_app;
