-- Which months take no more postings. A posting dated into a locked one is refused; into a
-- soft-closed one only a permitted reference is posted. See Note [Closed periods] in
-- ledger/models.py; ledger_check_entries and ledger_post_many ask.

-- Why a posting dated so is refused: the name of the constraint, or NULL. Whoever asks holds
-- ledger_hold_periods' lock, so that no period is closed before the posting is committed.
CREATE FUNCTION ledger_period_refusal(p_effective_at timestamptz, p_reference text)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN p.state = 'LOCKED' THEN 'ledger_period_not_locked'
        WHEN p.state = 'SOFT_CLOSED' AND NOT EXISTS (
            SELECT FROM ledger_periodpermit AS r WHERE r.reference = p_reference AND r.period_id = p.name
        ) THEN 'ledger_period_not_soft_closed'
    END
    FROM ledger_period AS p WHERE p.ends_at > p_effective_at ORDER BY p.ends_at LIMIT 1
$$;

-- Keep the periods as they are until the database transaction ends; returns before when they are
-- not all open, NULL where they are.
CREATE FUNCTION ledger_hold_periods() RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5212030801);
    RETURN (SELECT max(ends_at) FROM ledger_period WHERE state <> 'OPEN');
END
$$;

CREATE FUNCTION ledger_refuse_period(p_constraint text, p_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'period % is not changed', p_name
        USING ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
END
$$;

-- Close, lock or open a month again, as two persons decided. Months are closed and locked in
-- order, and opened again from the last; a locked one stays so.
CREATE FUNCTION ledger_move_period(
    p_name text, p_ends_at timestamptz, p_state text, p_maker text, p_checker text, p_reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_period ledger_period;
    v_old text := 'OPEN';
BEGIN
    -- Postings dated into the past hold this lock until they are committed.
    PERFORM pg_advisory_xact_lock(5212030801);
    SELECT * INTO v_period FROM ledger_period WHERE name = p_name;
    IF FOUND THEN
        v_old := v_period.state;
        p_ends_at := v_period.ends_at;
    END IF;
    IF (v_old, p_state) NOT IN (('OPEN', 'SOFT_CLOSED'), ('SOFT_CLOSED', 'LOCKED'), ('SOFT_CLOSED', 'OPEN')) THEN
        PERFORM ledger_refuse_period('ledger_period_edge', p_name);
    END IF;
    -- A posting dated less than an hour back is not looked at, so a month is closed only later.
    IF p_ends_at > clock_timestamp() - INTERVAL '2 hours' THEN
        PERFORM ledger_refuse_period('ledger_period_ended', p_name);
    END IF;
    IF EXISTS (
        SELECT FROM ledger_period AS p
        WHERE CASE
            WHEN p_state = 'OPEN' THEN p.ends_at > p_ends_at AND p.state <> 'OPEN'
            WHEN p_state = 'SOFT_CLOSED' AND v_period.name IS NULL
                THEN p.ends_at >= p_ends_at OR p.state = 'OPEN'
            WHEN p_state = 'SOFT_CLOSED' THEN p.ends_at < p_ends_at AND p.state = 'OPEN'
            ELSE p.ends_at < p_ends_at AND p.state <> 'LOCKED'
        END
    ) THEN
        PERFORM ledger_refuse_period('ledger_period_in_order', p_name);
    END IF;
    -- Whatever was under way when the month was soft-closed has ended, so nothing can appear in it.
    IF p_state = 'LOCKED' AND pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= v_period.closing_xid THEN
        PERFORM ledger_refuse_period('ledger_period_settled', p_name);
    END IF;
    INSERT INTO ledger_period (name, ends_at, state, closing_xid)
    VALUES (p_name, p_ends_at, p_state, pg_current_xact_id()::text::bigint)
    ON CONFLICT (name) DO UPDATE SET state = p_state, closing_xid = excluded.closing_xid;
    INSERT INTO ledger_periodchange (period_id, state, maker, checker, reason, changed_at)
    VALUES (p_name, p_state, p_maker, p_checker, p_reason, clock_timestamp());
END
$$;

CREATE TRIGGER ledger_period_written_by_its_function
BEFORE INSERT OR UPDATE ON ledger_period
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_other_writer();
CREATE TRIGGER ledger_periodchange_written_by_its_function
BEFORE INSERT ON ledger_periodchange
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_other_writer();
CREATE TRIGGER ledger_period_kept
BEFORE DELETE OR TRUNCATE ON ledger_period
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_period_identity_final
BEFORE UPDATE OF name, ends_at ON ledger_period
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_periodchange_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_periodchange
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_periodpermit_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_periodpermit
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

ALTER FUNCTION ledger_period_refusal OWNER TO jigap_book;
ALTER FUNCTION ledger_hold_periods OWNER TO jigap_book;
ALTER FUNCTION ledger_refuse_period OWNER TO jigap_book;
ALTER FUNCTION ledger_move_period OWNER TO jigap_book;
GRANT SELECT ON ledger_periodpermit TO jigap_book;
GRANT SELECT, INSERT, UPDATE ON ledger_period TO jigap_book;
GRANT SELECT, INSERT ON ledger_periodchange TO jigap_book;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jigap_book;
REVOKE EXECUTE ON FUNCTION ledger_move_period FROM public;
GRANT EXECUTE ON FUNCTION ledger_move_period TO jigap_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_period, ledger_periodchange FROM jigap_app;
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_periodpermit FROM jigap_app;
