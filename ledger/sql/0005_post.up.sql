-- The one way money moves: ledger_post writes a balanced transaction in one call.

-- Say why a leg was refused. Called only after the conditional UPDATE of its balance row found
-- nothing, so that the payment path pays for no check twice. Floor and cap are not asked for here:
-- ledger_check_account refuses the UPDATE.
CREATE FUNCTION ledger_refuse_leg(p_kind text, p_account bigint, p_currency text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    a ledger_account;
    v_constraint text;
BEGIN
    SELECT * INTO a FROM ledger_account WHERE id = p_account;
    v_constraint := CASE
        WHEN a.id IS NULL THEN 'ledger_entry_account_exists'
        WHEN a.currency <> p_currency THEN 'ledger_entry_currency_matches'
        WHEN a.status = 'CLOSED' THEN 'ledger_account_not_closed'
        WHEN a.status = 'FROZEN' AND p_kind <> 'REVERSAL' THEN 'ledger_account_not_frozen'
    END;
    IF v_constraint IS NULL THEN
        -- The account changed between the UPDATE and this look at it: the caller may try again.
        RAISE EXCEPTION 'account % changed meanwhile', p_account USING ERRCODE = 'serialization_failure';
    END IF;
    RAISE EXCEPTION 'account % refuses the posting', p_account USING
        ERRCODE = 'check_violation', CONSTRAINT = v_constraint,
        DETAIL = json_build_object('account_id', p_account, 'expected', a.currency, 'given', p_currency);
END
$$;

-- The legs, mirrored, of a transaction that is to be reversed, in the order of locking.
CREATE FUNCTION ledger_mirror(
    p_transaction bigint, OUT accounts bigint[], OUT amounts bigint[], OUT currencies text[]
) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_kind text;
BEGIN
    SELECT kind INTO v_kind FROM ledger_transaction WHERE id = p_transaction;
    IF v_kind IS NULL THEN
        RAISE EXCEPTION 'there is no transaction %', p_transaction USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_exists',
            DETAIL = json_build_object('transaction_id', p_transaction);
    END IF;
    IF v_kind = 'REVERSAL' THEN
        RAISE EXCEPTION 'a reversal cannot be reversed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_reverses_original';
    END IF;
    SELECT array_agg(e.account_id ORDER BY e.account_id, e.id),
        array_agg(-e.amount_minor ORDER BY e.account_id, e.id),
        array_agg(e.currency ORDER BY e.account_id, e.id)
    INTO accounts, amounts, currencies
    FROM ledger_entry AS e WHERE e.transaction_id = p_transaction;
END
$$;

-- What a sweep may move: as much as both its accounts allow, at most what was asked. The two legs
-- stand at p_sweep and p_sweep + 1; the other legs of the posting on these accounts count first.
CREATE FUNCTION ledger_sweep_amount(
    p_accounts bigint[], p_amounts bigint[], p_sweep integer
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_most bigint := abs(p_amounts[p_sweep]);
    v_room bigint;
    v_sign integer;
    v_balance bigint;
    a ledger_account;
BEGIN
    PERFORM FROM ledger_account WHERE id = ANY(p_accounts) AND stripes = 1
    ORDER BY id FOR NO KEY UPDATE;
    FOR i IN p_sweep .. p_sweep + 1 LOOP
        SELECT * INTO a FROM ledger_account WHERE id = p_accounts[i];
        v_sign := sign(p_amounts[i]) * a.normal_sign;
        v_balance := a.normal_sign * (a.balance_minor + coalesce((
            SELECT sum(u.amount) FROM unnest(p_accounts, p_amounts) WITH ORDINALITY AS u (account, amount, n)
            WHERE u.account = a.id AND u.n NOT IN (p_sweep, p_sweep + 1)
        ), 0));
        v_room := CASE WHEN v_sign < 0 THEN v_balance - a.floor_minor ELSE a.cap_minor - v_balance END;
        v_most := least(v_most, coalesce(v_room, v_most));
    END LOOP;
    IF v_most <= 0 THEN
        RAISE EXCEPTION 'there is nothing to sweep' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sweep_finds_something';
    END IF;
    RETURN v_most;
END
$$;

-- The reference was posted before: the same request gets the same answer, any other is refused.
CREATE FUNCTION ledger_replay(
    p_kind text, p_reference text, p_accounts bigint[], p_amounts bigint[], p_currencies text[],
    p_reverses bigint, OUT posted_id bigint, OUT posted_at timestamptz, OUT is_new boolean
) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT t.id, t.recorded_at, FALSE INTO posted_id, posted_at, is_new
    FROM ledger_transaction AS t
    WHERE t.reference = p_reference AND t.kind = p_kind AND t.reverses_id IS NOT DISTINCT FROM p_reverses
        AND ARRAY(
            SELECT (e.account_id, coalesce(e.up_to_minor, e.amount_minor), e.currency)::text
            FROM ledger_entry AS e WHERE e.transaction_id = t.id ORDER BY 1
        ) = ARRAY(
            SELECT (u.account, u.amount, u.currency)::text
            FROM unnest(p_accounts, p_amounts, p_currencies) AS u (account, amount, currency) ORDER BY 1
        );
    IF posted_id IS NULL THEN
        RAISE EXCEPTION 'reference % was posted with other legs', p_reference USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_reference_same_legs';
    END IF;
END
$$;

-- Post one transaction. Amounts are debit-positive; legs are locked in order of account id, which
-- every posting shares, so that postings queue instead of deadlocking. A reversal gives no legs:
-- they are the original's, mirrored. Returns the first transaction again when the reference was
-- posted before with the same kind and legs.
CREATE FUNCTION ledger_post(
    p_kind text, p_reference text, p_accounts bigint[], p_amounts bigint[], p_currencies text[],
    p_effective_at timestamptz DEFAULT NULL, p_reverses bigint DEFAULT NULL,
    p_description text DEFAULT '', p_metadata jsonb DEFAULT '{}', p_sweep integer DEFAULT NULL,
    OUT posted_id bigint, OUT posted_at timestamptz, OUT is_new boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_up_to bigint[];
    v_after bigint;
    v_afters bigint[];
    v_stripe smallint;
    v_stripes smallint[];
    v_xid xid8;
    -- In the alphabet CLOSED comes before FROZEN, and FROZEN before OPEN.
    v_least_status text := CASE WHEN p_kind = 'REVERSAL' THEN 'FROZEN' ELSE 'OPEN' END;
BEGIN
    IF p_kind = '' OR p_reference = '' THEN
        RAISE EXCEPTION 'a transaction has a kind and a reference' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_named';
    END IF;
    IF (p_kind = 'REVERSAL') <> (p_reverses IS NOT NULL) THEN
        RAISE EXCEPTION 'a reversal names its original, and nothing else does' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_reversal_names_original';
    END IF;
    IF p_reverses IS NOT NULL THEN
        SELECT * INTO p_accounts, p_amounts, p_currencies FROM ledger_mirror(p_reverses);
    END IF;
    IF coalesce(cardinality(p_accounts), 0) < 2 OR cardinality(p_amounts) <> cardinality(p_accounts)
        OR cardinality(p_currencies) <> cardinality(p_accounts) THEN
        RAISE EXCEPTION 'a transaction has at least two legs' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_has_legs';
    END IF;
    IF 0 = ANY(p_amounts) THEN
        RAISE EXCEPTION 'an amount is zero' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_amount_not_zero';
    END IF;
    -- An id is taken only once the transaction has its xid: ledger_horizon relies on it. (Assigned,
    -- not performed: PL/pgSQL evaluates a plain expression without starting a query.)
    v_xid := pg_current_xact_id();
    posted_at := clock_timestamp();
    INSERT INTO ledger_transaction (kind, reference, effective_at, recorded_at, reverses_id, description, metadata)
    VALUES (p_kind, p_reference, coalesce(p_effective_at, posted_at), posted_at, p_reverses, p_description, p_metadata)
    ON CONFLICT (reference) DO NOTHING RETURNING id INTO posted_id;
    IF posted_id IS NULL THEN
        SELECT * INTO posted_id, posted_at, is_new
        FROM ledger_replay(p_kind, p_reference, p_accounts, p_amounts, p_currencies, p_reverses);
        RETURN;
    END IF;
    is_new := TRUE;
    IF p_sweep IS NOT NULL THEN
        v_up_to := array_fill(NULL::bigint, ARRAY[cardinality(p_accounts)]);
        v_up_to[p_sweep] := p_amounts[p_sweep];
        v_up_to[p_sweep + 1] := p_amounts[p_sweep + 1];
        v_after := ledger_sweep_amount(p_accounts, p_amounts, p_sweep);
        p_amounts[p_sweep] := sign(p_amounts[p_sweep]) * v_after;
        p_amounts[p_sweep + 1] := -p_amounts[p_sweep];
    END IF;
    FOR i IN 2 .. cardinality(p_accounts) LOOP
        IF p_accounts[i] < p_accounts[i - 1] THEN
            SELECT array_agg(u.a ORDER BY u.a, u.n), array_agg(u.m ORDER BY u.a, u.n),
                array_agg(u.c ORDER BY u.a, u.n), array_agg(u.t ORDER BY u.a, u.n)
            INTO p_accounts, p_amounts, p_currencies, v_up_to
            FROM unnest(p_accounts, p_amounts, p_currencies, v_up_to)
                WITH ORDINALITY AS u (a, m, c, t, n);
            EXIT;
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(p_accounts) LOOP
        IF p_accounts[i] < 1099511627776 THEN
            v_stripe := 0;
            UPDATE ledger_account SET balance_minor = balance_minor + p_amounts[i]
            WHERE id = p_accounts[i] AND currency = p_currencies[i]
                AND status >= v_least_status
            RETURNING balance_minor INTO v_after;
        ELSE
            v_stripe := pg_backend_pid() % ((p_accounts[i] & 63) + 1);
            UPDATE ledger_stripe SET balance_minor = balance_minor + p_amounts[i]
            WHERE account_id = p_accounts[i] AND stripe = v_stripe AND currency = p_currencies[i]
                AND status >= v_least_status;
            v_after := NULL;
        END IF;
        IF NOT FOUND THEN
            PERFORM ledger_refuse_leg(p_kind, p_accounts[i], p_currencies[i]);
        END IF;
        v_afters[i] := v_after;
        v_stripes[i] := v_stripe;
    END LOOP;
    INSERT INTO ledger_entry (
        transaction_id, account_id, amount_minor, currency, effective_at, balance_after_minor, up_to_minor, stripe
    )
    SELECT posted_id, unnest(p_accounts), unnest(p_amounts), unnest(p_currencies),
        coalesce(p_effective_at, posted_at), unnest(v_afters), unnest(v_up_to), unnest(v_stripes);
END
$$;

ALTER FUNCTION ledger_refuse_leg OWNER TO jigap_book;
ALTER FUNCTION ledger_mirror OWNER TO jigap_book;
ALTER FUNCTION ledger_sweep_amount OWNER TO jigap_book;
ALTER FUNCTION ledger_replay OWNER TO jigap_book;
ALTER FUNCTION ledger_post OWNER TO jigap_book;
REVOKE EXECUTE ON FUNCTION ledger_post FROM public;
GRANT EXECUTE ON FUNCTION ledger_post TO jigap_app;
