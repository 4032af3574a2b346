-- Post thousands of transactions in one call. The outcome of each is the one it would have had if
-- they had been posted one after the other in the order given, but the work is done on whole sets:
-- the balances are locked and read once, the postings are played through in memory, and what was
-- accepted is written by four statements.
--
-- Items are 1-based positions in p_kinds. p_leg_items says which item a leg belongs to and ascends.
-- Neighbouring items with the same group succeed or fail together. Sweeps and reversals are posted
-- one by one, by ledger_post.
--
-- Returns a row per item: outcome POSTED or REPEATED with the transaction, or the name of the
-- constraint that refused it with the account.

-- What two transactions under one reference must have in common, as text.
CREATE FUNCTION ledger_shape(p_kind text, p_accounts bigint[], p_amounts bigint[], p_currencies text[])
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p_kind || ' ' || string_agg(
        u.currency || ':' || u.account || ':' || u.amount, ',' ORDER BY u.currency, u.account, u.amount
    )
    FROM unnest(p_accounts, p_amounts, p_currencies) AS u (account, amount, currency)
$$;

-- What is wrong with each item whatever the book holds, in the order of the items; NULL is nothing.
CREATE FUNCTION ledger_malformed(
    p_kinds text[], p_references text[], p_descriptions text[],
    p_leg_items integer[], p_leg_amounts bigint[], p_leg_currencies text[]
) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(
        CASE
            WHEN coalesce(l.legs, 0) < 2 THEN 'ledger_transaction_has_legs'
            WHEN l.zero THEN 'ledger_entry_amount_not_zero'
            WHEN l.unbalanced THEN 'ledger_transaction_balances'
            WHEN r.kind IN ('', 'REVERSAL') OR r.reference = '' THEN 'ledger_transaction_named'
            WHEN length(r.kind) > 40 OR length(r.reference) > 200 OR length(r.description) > 500
                THEN 'ledger_transaction_texts_fit'
        END ORDER BY r.n
    )
    FROM unnest(p_kinds, p_references, p_descriptions)
        WITH ORDINALITY AS r (kind, reference, description, n)
    LEFT JOIN (
        SELECT c.item, sum(c.legs) AS legs, bool_or(c.zero) AS zero, bool_or(c.total <> 0) AS unbalanced
        FROM (
            SELECT g.item, count(*) AS legs, bool_or(g.amount = 0) AS zero, sum(g.amount) AS total
            FROM unnest(p_leg_items, p_leg_amounts, p_leg_currencies) AS g (item, amount, currency)
            GROUP BY g.item, g.currency
        ) AS c GROUP BY c.item
    ) AS l ON l.item = r.n
$$;

CREATE FUNCTION ledger_post_many(
    p_kinds text[], p_references text[], p_effective_ats timestamptz[], p_descriptions text[],
    p_metadatas jsonb[], p_groups text[],
    p_leg_items integer[], p_leg_accounts bigint[], p_leg_amounts bigint[], p_leg_currencies text[]
) RETURNS TABLE (item integer, outcome text, posted_id bigint, account_id bigint, posted_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_count integer := coalesce(cardinality(p_kinds), 0);
    v_legs integer := coalesce(cardinality(p_leg_items), 0);
    v_sequence regclass := pg_get_serial_sequence('ledger_transaction', 'id');
    v_now timestamptz; v_at timestamptz; v_xid xid8;
    -- Per account, in order of id; the row is the stripe this connection posts to, if any.
    v_ids bigint[]; v_rows smallint[]; v_lows bigint[]; v_highs bigint[];
    v_balances bigint[]; v_firsts bigint[]; v_may_overflow boolean;
    -- Per leg.
    v_slots integer[]; v_leg_wrongs text[];
    v_leg_ids bigint[] := array_fill(NULL::bigint, ARRAY[v_legs]);
    v_leg_ats timestamptz[] := array_fill(NULL::timestamptz, ARRAY[v_legs]);
    v_afters bigint[] := array_fill(NULL::bigint, ARRAY[v_legs]);
    -- Per item. A plain one is in order, in no group, and the only one under its reference.
    v_wrongs text[]; v_sames integer[]; v_froms integer[]; v_tos integer[]; v_plain boolean[];
    v_known bigint[] := array_fill(NULL::bigint, ARRAY[v_count]);
    v_known_shapes text[]; v_holders integer[] := array_fill(0, ARRAY[v_count]);
    v_outcomes text[] := array_fill(NULL::text, ARRAY[v_count]);
    v_accounts bigint[] := array_fill(NULL::bigint, ARRAY[v_count]);
    v_posted bigint[] := array_fill(NULL::bigint, ARRAY[v_count]);
    v_new_ids bigint[] := array_fill(NULL::bigint, ARRAY[v_count]);
    v_group_start integer := 1; v_failed_group boolean := FALSE;
    v_verdict text; v_slot integer; v_balance bigint; v_amount bigint; v_new bigint; v_undo integer;
    v_holder integer; v_written bigint; v_expected bigint := 0; r record;
BEGIN
    IF v_count = 0 THEN RETURN; END IF;
    SELECT array_agg(DISTINCT u.a ORDER BY u.a) INTO v_ids FROM unnest(p_leg_accounts) AS u (a);
    PERFORM FROM ledger_account WHERE id = ANY(v_ids) AND stripes = 1 ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ledger_stripe AS s INNER JOIN ledger_account AS a ON a.id = s.account_id
    WHERE s.account_id = ANY(v_ids) AND s.stripe = pg_backend_pid() % a.stripes
    ORDER BY s.account_id FOR NO KEY UPDATE OF s;
    -- Bounds on the debit-positive balance: the floor of a credit-normal account is its upper one.
    SELECT array_agg(a.id ORDER BY a.id),
        array_agg(CASE WHEN a.stripes > 1 THEN pg_backend_pid() % a.stripes END ORDER BY a.id),
        array_agg(CASE WHEN a.normal_sign = 1 THEN a.floor_minor ELSE -a.cap_minor END ORDER BY a.id),
        array_agg(CASE WHEN a.normal_sign = 1 THEN a.cap_minor ELSE -a.floor_minor END ORDER BY a.id),
        array_agg(coalesce(s.balance_minor, a.balance_minor) ORDER BY a.id)
    INTO v_ids, v_rows, v_lows, v_highs, v_balances
    FROM ledger_account AS a
    LEFT JOIN ledger_stripe AS s
        ON a.stripes > 1 AND s.account_id = a.id AND s.stripe = pg_backend_pid() % a.stripes
    WHERE a.id = ANY(v_ids);
    v_firsts := v_balances;
    -- Usually no balance can come near the end of BIGINT, whichever items are accepted.
    SELECT max(abs(b.balance::numeric)) + (SELECT sum(abs(l.amount::numeric)) FROM unnest(p_leg_amounts) AS l (amount))
        > 9223372036854775807
    INTO v_may_overflow FROM unnest(v_balances) AS b (balance);

    SELECT array_agg(k.slot ORDER BY l.n), array_agg(
        CASE
            WHEN k.slot IS NULL THEN 'ledger_entry_account_exists'
            WHEN a.currency <> l.currency THEN 'ledger_entry_currency_matches'
            WHEN a.status = 'FROZEN' THEN 'ledger_account_not_frozen'
            WHEN a.status = 'CLOSED' THEN 'ledger_account_not_closed'
        END ORDER BY l.n)
    INTO v_slots, v_leg_wrongs
    FROM unnest(p_leg_accounts, p_leg_currencies) WITH ORDINALITY AS l (account, currency, n)
    LEFT JOIN (
        unnest(v_ids) WITH ORDINALITY AS k (id, slot) INNER JOIN ledger_account AS a ON a.id = k.id
    ) ON k.id = l.account;

    v_wrongs := ledger_malformed(
        p_kinds, p_references, p_descriptions, p_leg_items, p_leg_amounts, p_leg_currencies
    );
    SELECT array_agg(l.leg_from ORDER BY i.n), array_agg(l.leg_to ORDER BY i.n),
        array_agg(i.first ORDER BY i.n),
        array_agg(i.alone AND p_groups[i.n] IS NULL AND v_wrongs[i.n] IS NULL ORDER BY i.n)
    INTO v_froms, v_tos, v_sames, v_plain
    FROM (
        SELECT u.n, min(u.n) OVER w AS first, count(*) OVER w = 1 AS alone
        FROM unnest(p_references) WITH ORDINALITY AS u (reference, n)
        WINDOW w AS (PARTITION BY u.reference)
    ) AS i
    LEFT JOIN (
        SELECT u.item, min(u.n) AS leg_from, max(u.n) AS leg_to
        FROM unnest(p_leg_items) WITH ORDINALITY AS u (item, n) GROUP BY u.item
    ) AS l ON l.item = i.n;

    -- References already in the book, with the shape of what was posted under them.
    FOR r IN
        SELECT u.n, t.id, (
            SELECT ledger_shape(t.kind, array_agg(e.account_id), array_agg(e.amount_minor), array_agg(e.currency))
            FROM ledger_entry AS e WHERE e.transaction_id = t.id
        ) AS shape
        FROM unnest(p_references) WITH ORDINALITY AS u (reference, n)
        INNER JOIN ledger_transaction AS t ON t.reference = u.reference
    LOOP
        v_known[r.n] := r.id;
        v_known_shapes[r.n] := r.shape;
        v_plain[r.n] := FALSE;
    END LOOP;

    -- What is dated into a closed period is refused, unless it was posted before the closing.
    IF (SELECT min(u.at) FROM unnest(p_effective_ats) AS u (at)) < statement_timestamp() - INTERVAL '1 hour' THEN
        v_now := ledger_hold_periods();
        FOR r IN
            SELECT u.n, ledger_period_refusal(u.at, u.reference) AS wrong
            FROM unnest(p_effective_ats, p_references) WITH ORDINALITY AS u (at, reference, n)
            WHERE u.at < v_now
        LOOP
            IF r.wrong IS NOT NULL AND v_known[r.n] IS NULL THEN
                v_wrongs[r.n] := coalesce(v_wrongs[r.n], r.wrong);
                v_plain[r.n] := FALSE;
            END IF;
        END LOOP;
    END IF;

    FOR i IN 1 .. v_count LOOP
        v_verdict := NULL;
        IF v_plain[i] THEN
            v_group_start := i;
            v_failed_group := FALSE;
        ELSE
            IF i = 1 OR p_groups[i] IS NULL OR p_groups[i] IS DISTINCT FROM p_groups[i - 1] THEN
                v_group_start := i;
                v_failed_group := FALSE;
            ELSIF v_failed_group THEN
                v_outcomes[i] := 'ledger_group_whole';
                CONTINUE;
            END IF;
            v_verdict := v_wrongs[i];
            v_holder := v_holders[v_sames[i]];
            IF v_verdict IS NULL AND (v_known[i] IS NOT NULL OR v_holder > 0) THEN
                v_verdict := CASE WHEN ledger_shape(
                    p_kinds[i], p_leg_accounts[v_froms[i] : v_tos[i]],
                    p_leg_amounts[v_froms[i] : v_tos[i]], p_leg_currencies[v_froms[i] : v_tos[i]]
                ) = coalesce(v_known_shapes[i], ledger_shape(
                    p_kinds[v_holder], p_leg_accounts[v_froms[v_holder] : v_tos[v_holder]],
                    p_leg_amounts[v_froms[v_holder] : v_tos[v_holder]], p_leg_currencies[v_froms[v_holder] : v_tos[v_holder]]
                )) THEN 'REPEATED' ELSE 'ledger_transaction_reference_same_legs' END;
                v_posted[i] := CASE WHEN v_verdict = 'REPEATED' THEN v_known[i] END;
            END IF;
        END IF;
        v_undo := 0;
        IF v_verdict IS NULL THEN
            FOR j IN v_froms[i] .. v_tos[i] LOOP
                v_slot := v_slots[j];
                v_balance := v_balances[v_slot];
                v_amount := p_leg_amounts[j];
                IF v_leg_wrongs[j] IS NOT NULL THEN
                    v_verdict := v_leg_wrongs[j];
                ELSIF v_may_overflow AND abs(v_balance::numeric + v_amount) > 9223372036854775807 THEN
                    v_verdict := 'ledger_account_balance_fits';
                ELSE
                    v_new := v_balance + v_amount;
                    IF v_new < v_lows[v_slot] OR v_new > v_highs[v_slot] THEN
                        v_verdict := (
                            SELECT CASE WHEN (v_new < v_lows[v_slot]) = (a.normal_sign = 1)
                                THEN 'ledger_account_floor_holds' ELSE 'ledger_account_cap_holds' END
                            FROM ledger_account AS a WHERE a.id = v_ids[v_slot]
                        );
                    END IF;
                END IF;
                IF v_verdict IS NOT NULL THEN
                    v_accounts[i] := p_leg_accounts[j];
                    v_undo := j - 1;
                    EXIT;
                END IF;
                v_balances[v_slot] := v_new;
                v_afters[j] := v_new;
            END LOOP;
        END IF;
        IF v_verdict IS NULL THEN
            v_outcomes[i] := 'POSTED';
            v_holders[v_sames[i]] := i;
        ELSIF v_verdict = 'REPEATED' THEN
            v_outcomes[i] := v_verdict;
        ELSE
            v_outcomes[i] := v_verdict;
            v_failed_group := TRUE;
            FOR j IN REVERSE v_undo .. coalesce(v_froms[i], 1) LOOP
                v_balances[v_slots[j]] := v_balances[v_slots[j]] - p_leg_amounts[j];
            END LOOP;
            FOR k IN REVERSE i - 1 .. v_group_start LOOP
                IF v_outcomes[k] = 'POSTED' THEN
                    FOR j IN REVERSE v_tos[k] .. v_froms[k] LOOP
                        v_balances[v_slots[j]] := v_balances[v_slots[j]] - p_leg_amounts[j];
                    END LOOP;
                    v_holders[v_sames[k]] := 0;
                END IF;
                v_outcomes[k] := 'ledger_group_whole';
                v_posted[k] := NULL;
            END LOOP;
        END IF;
    END LOOP;

    v_xid := pg_current_xact_id();
    v_now := clock_timestamp();
    FOR i IN 1 .. v_count LOOP
        IF v_outcomes[i] = 'POSTED' THEN
            v_new_ids[i] := nextval(v_sequence);
            v_posted[i] := v_new_ids[i];
            v_expected := v_expected + 1;
            v_at := coalesce(p_effective_ats[i], v_now);
            FOR j IN v_froms[i] .. v_tos[i] LOOP
                v_leg_ids[j] := v_new_ids[i];
                v_leg_ats[j] := v_at;
            END LOOP;
        ELSIF v_outcomes[i] = 'REPEATED' AND v_posted[i] IS NULL THEN
            v_posted[i] := v_posted[v_holders[v_sames[i]]];
        END IF;
    END LOOP;
    INSERT INTO ledger_transaction (id, kind, reference, effective_at, recorded_at, description, metadata)
    SELECT u.id, u.kind, u.reference, coalesce(u.effective_at, v_now), v_now,
        coalesce(u.description, ''), coalesce(u.metadata, '{}')
    FROM (
        SELECT unnest(v_new_ids) AS id, unnest(p_kinds) AS kind, unnest(p_references) AS reference,
            unnest(p_effective_ats) AS effective_at, unnest(p_descriptions) AS description,
            unnest(p_metadatas) AS metadata
    ) AS u
    WHERE u.id IS NOT NULL
    ON CONFLICT (reference) DO NOTHING;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    IF v_written <> v_expected THEN
        RAISE EXCEPTION 'a reference was posted meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, currency, effective_at, balance_after_minor, stripe)
    SELECT l.id, l.account, l.amount, l.currency, l.at,
        CASE WHEN l.account < 1099511627776 THEN l.after END,
        CASE WHEN l.account < 1099511627776 THEN 0 ELSE pg_backend_pid() % ((l.account & 63) + 1) END
    FROM (
        SELECT unnest(v_leg_ids) AS id, unnest(p_leg_accounts) AS account, unnest(p_leg_amounts) AS amount,
            unnest(p_leg_currencies) AS currency, unnest(v_leg_ats) AS at, unnest(v_afters) AS after
    ) AS l
    WHERE l.id IS NOT NULL;
    UPDATE ledger_account AS a SET balance_minor = u.balance
    FROM unnest(v_ids, v_balances, v_firsts, v_rows) AS u (id, balance, first, stripe)
    WHERE a.id = u.id AND u.stripe IS NULL AND u.balance <> u.first;
    UPDATE ledger_stripe AS s SET balance_minor = u.balance
    FROM unnest(v_ids, v_balances, v_firsts, v_rows) AS u (id, balance, first, stripe)
    WHERE s.account_id = u.id AND s.stripe = u.stripe AND u.balance <> u.first;
    RETURN QUERY
    SELECT u.n::integer, u.outcome, u.id, u.account, coalesce(t.recorded_at, v_now)
    FROM unnest(v_outcomes, v_posted, v_new_ids, v_accounts)
        WITH ORDINALITY AS u (outcome, id, new_id, account, n)
    LEFT JOIN ledger_transaction AS t ON t.id = u.id AND u.new_id IS NULL
    ORDER BY u.n;
END
$$;

ALTER FUNCTION ledger_shape OWNER TO jigap_book;
ALTER FUNCTION ledger_malformed OWNER TO jigap_book;
ALTER FUNCTION ledger_post_many OWNER TO jigap_book;
REVOKE EXECUTE ON FUNCTION ledger_post_many FROM public;
GRANT EXECUTE ON FUNCTION ledger_post_many TO jigap_app;
