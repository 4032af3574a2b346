-- Opening accounts and changing their status. The functions belong to jigap_book (see 0002_roles).

CREATE SEQUENCE ledger_account_number;
GRANT USAGE ON SEQUENCE ledger_account_number TO jigap_book;

-- Striped accounts take their ids from 2^40 up, the number of stripes less one in the last six bits:
-- see Note [Striped accounts] in ledger/models.py.
CREATE FUNCTION ledger_open_account(
    p_code text, p_currency text, p_category text,
    p_floor bigint, p_cap bigint, p_stripes integer, p_metadata jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_id bigint;
BEGIN
    IF p_code !~ '^[a-z0-9_]+(:[A-Za-z0-9_-]+)*$' THEN
        RAISE EXCEPTION 'malformed account code' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_code_well_formed';
    END IF;
    IF p_category NOT IN ('ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE') THEN
        RAISE EXCEPTION 'unknown category' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_category_known';
    END IF;
    IF p_stripes NOT BETWEEN 1 AND 64 OR (p_stripes > 1 AND (p_floor IS NOT NULL OR p_cap IS NOT NULL)) THEN
        RAISE EXCEPTION 'stripes are 1 to 64, and more than one go without floor and cap' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_striped_has_no_bounds';
    END IF;
    IF p_floor > 0 OR p_cap < 0 THEN
        RAISE EXCEPTION 'an account opens with nothing in it' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_opens_within_bounds';
    END IF;
    INSERT INTO ledger_account (
        id, code, currency, category, normal_sign, floor_minor, cap_minor, status, stripes,
        balance_minor, metadata
    ) VALUES (
        CASE WHEN p_stripes > 1
            THEN (1::bigint << 40) + (nextval('ledger_account_number') << 6) + p_stripes - 1
            ELSE nextval('ledger_account_number') END,
        p_code, p_currency, p_category,
        CASE WHEN p_category IN ('ASSET', 'EXPENSE') THEN 1 ELSE -1 END,
        p_floor, p_cap, 'OPEN', p_stripes, 0, p_metadata
    ) ON CONFLICT (code, currency) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NOT NULL AND p_stripes > 1 THEN
        INSERT INTO ledger_stripe (account_id, stripe, currency, status, balance_minor)
        SELECT v_id, s, p_currency, 'OPEN', 0 FROM generate_series(0, p_stripes - 1) AS s;
    END IF;
    RETURN v_id;
END
$$;

-- A posting holds the balance rows it touches, so taking them here first means that after this
-- function no posting is under way that saw the old status.
CREATE FUNCTION ledger_set_status(p_account bigint, p_status text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_status text;
    v_balance bigint;
BEGIN
    IF p_status NOT IN ('OPEN', 'FROZEN', 'CLOSED') THEN
        RAISE EXCEPTION 'unknown status' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_status_known';
    END IF;
    SELECT status, balance_minor INTO v_status, v_balance FROM ledger_account
    WHERE id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % is unknown', p_account USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_account_exists',
            DETAIL = json_build_object('account_id', p_account);
    END IF;
    PERFORM FROM ledger_stripe WHERE account_id = p_account ORDER BY stripe FOR NO KEY UPDATE;
    v_balance := v_balance
        + (SELECT coalesce(sum(balance_minor), 0) FROM ledger_stripe WHERE account_id = p_account);
    IF v_status = 'CLOSED' AND p_status <> 'CLOSED' THEN
        RAISE EXCEPTION 'account % is closed', p_account USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_not_closed',
            DETAIL = json_build_object('account_id', p_account);
    END IF;
    IF p_status = 'CLOSED' AND v_balance <> 0 THEN
        RAISE EXCEPTION 'account % is not empty', p_account USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_closed_is_empty',
            DETAIL = json_build_object('account_id', p_account);
    END IF;
    UPDATE ledger_account SET status = p_status WHERE id = p_account;
    UPDATE ledger_stripe SET status = p_status WHERE account_id = p_account;
END
$$;

CREATE FUNCTION ledger_set_bounds(p_account bigint, p_floor bigint, p_cap bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE ledger_account SET floor_minor = p_floor, cap_minor = p_cap
    WHERE id = p_account AND (stripes = 1 OR (p_floor IS NULL AND p_cap IS NULL));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % takes no bounds', p_account USING
            ERRCODE = 'check_violation', DETAIL = json_build_object('account_id', p_account),
            CONSTRAINT = CASE WHEN EXISTS (SELECT FROM ledger_account WHERE id = p_account)
                THEN 'ledger_account_striped_has_no_bounds' ELSE 'ledger_entry_account_exists' END;
    END IF;
END
$$;

ALTER FUNCTION ledger_open_account OWNER TO jigap_book;
ALTER FUNCTION ledger_set_status OWNER TO jigap_book;
ALTER FUNCTION ledger_set_bounds OWNER TO jigap_book;
REVOKE EXECUTE ON FUNCTION ledger_open_account, ledger_set_status, ledger_set_bounds FROM public;
GRANT EXECUTE ON FUNCTION ledger_open_account, ledger_set_status, ledger_set_bounds TO jigap_app;
