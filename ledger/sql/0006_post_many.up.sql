-- Post thousands of transactions in one call. The outcome of each is the one it would have had if
-- they had been posted one after the other in the order given, but the work is done on whole sets:
-- the balances are locked and read once, the postings are played through in memory, and what was
-- accepted is written by three statements.
--
-- Items are 1-based positions in p_kinds. p_leg_items says which item a leg belongs to and ascends.
-- Neighbouring items with the same group succeed or fail together. Sweeps and reversals are posted
-- one by one, by ledger_post.
--
-- Returns a row per item: outcome POSTED or REPEATED with the transaction, or the name of the
-- constraint that refused it with the account.
CREATE FUNCTION ledger_post_many(
    p_kinds text[], p_references text[], p_effective_ats timestamptz[], p_descriptions text[],
    p_metadatas jsonb[], p_groups text[],
    p_leg_items integer[], p_leg_accounts bigint[], p_leg_amounts bigint[], p_leg_currencies text[]
) RETURNS TABLE (item integer, outcome text, posted_id bigint, account_id bigint, posted_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_count integer := cardinality(p_kinds);
    v_sequence regclass := pg_get_serial_sequence('ledger_transaction', 'id');
    v_now timestamptz;
    -- Per account, in order of id; the row is the stripe this connection posts to, if any.
    v_ids bigint[]; v_rows smallint[]; v_statuses text[]; v_currencies text[];
    v_lows bigint[]; v_highs bigint[]; v_balances bigint[]; v_firsts bigint[];
    -- Per leg.
    v_slots integer[]; v_afters bigint[];
    -- Per item.
    v_shapes text[]; v_wrongs text[]; v_same integer[]; v_known bigint[]; v_known_shapes text[];
    v_froms integer[]; v_tos integer[]; v_outcomes text[]; v_accounts bigint[]; v_posted bigint[];
    v_holders integer[];
    v_group_start integer := 1; v_failed_group boolean := FALSE;
    v_verdict text; v_slot integer; v_new bigint; v_undo integer; v_holder integer; v_written bigint;
BEGIN
    IF coalesce(v_count, 0) = 0 THEN RETURN; END IF;
    SELECT array_agg(DISTINCT u.a ORDER BY u.a) INTO v_ids FROM unnest(p_leg_accounts) AS u (a);
    PERFORM FROM ledger_account WHERE id = ANY(v_ids) AND stripes = 1 ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ledger_stripe AS s INNER JOIN ledger_account AS a ON a.id = s.account_id
    WHERE s.account_id = ANY(v_ids) AND s.stripe = pg_backend_pid() % a.stripes
    ORDER BY s.account_id FOR NO KEY UPDATE OF s;
    -- Bounds on the debit-positive balance: the floor of a credit-normal account is its upper one.
    SELECT array_agg(a.id ORDER BY a.id),
        array_agg(CASE WHEN a.stripes > 1 THEN pg_backend_pid() % a.stripes END ORDER BY a.id),
        array_agg(a.status ORDER BY a.id), array_agg(a.currency ORDER BY a.id),
        array_agg(CASE WHEN a.normal_sign = 1 THEN a.floor_minor ELSE -a.cap_minor END ORDER BY a.id),
        array_agg(CASE WHEN a.normal_sign = 1 THEN a.cap_minor ELSE -a.floor_minor END ORDER BY a.id),
        array_agg(coalesce(s.balance_minor, a.balance_minor) ORDER BY a.id)
    INTO v_ids, v_rows, v_statuses, v_currencies, v_lows, v_highs, v_balances
    FROM ledger_account AS a
    LEFT JOIN ledger_stripe AS s
        ON a.stripes > 1 AND s.account_id = a.id AND s.stripe = pg_backend_pid() % a.stripes
    WHERE a.id = ANY(v_ids);
    v_firsts := v_balances;

    SELECT array_agg(k.slot ORDER BY l.n) INTO v_slots
    FROM unnest(p_leg_accounts) WITH ORDINALITY AS l (a, n)
    LEFT JOIN unnest(v_ids) WITH ORDINALITY AS k (id, slot) ON k.id = l.a;

    -- What is wrong with an item whatever the balances, and which items repeat a reference.
    SELECT array_agg(i.wrong ORDER BY i.n), array_agg(i.shape ORDER BY i.n),
        array_agg(i.first ORDER BY i.n), array_agg(i.leg_from ORDER BY i.n), array_agg(i.leg_to ORDER BY i.n)
    INTO v_wrongs, v_shapes, v_same, v_froms, v_tos
    FROM (
        SELECT r.n, l.leg_from, l.leg_to, l.shape,
            min(r.n) OVER (PARTITION BY r.reference) AS first,
            CASE
                WHEN coalesce(l.legs, 0) < 2 THEN 'ledger_transaction_has_legs'
                WHEN l.zero THEN 'ledger_entry_amount_not_zero'
                WHEN l.unbalanced THEN 'ledger_transaction_balances'
                WHEN r.kind IN ('', 'REVERSAL') OR length(r.kind) > 40 OR r.reference = ''
                    OR length(r.reference) > 200 THEN 'ledger_transaction_named'
            END AS wrong
        FROM unnest(p_kinds, p_references) WITH ORDINALITY AS r (kind, reference, n)
        LEFT JOIN (
            SELECT c.i, min(c.leg_from) AS leg_from, max(c.leg_to) AS leg_to, sum(c.legs) AS legs,
                bool_or(c.zero) AS zero, bool_or(c.total <> 0) AS unbalanced,
                string_agg(c.shape, ';' ORDER BY c.currency) AS shape
            FROM (
                SELECT g.i, g.currency, min(g.n) AS leg_from, max(g.n) AS leg_to, count(*) AS legs,
                    bool_or(g.amount = 0) AS zero, sum(g.amount) AS total,
                    g.currency || string_agg(g.account || ':' || g.amount, ',' ORDER BY g.account, g.amount) AS shape
                FROM unnest(p_leg_items, p_leg_accounts, p_leg_amounts, p_leg_currencies)
                    WITH ORDINALITY AS g (i, account, amount, currency, n)
                GROUP BY g.i, g.currency
            ) AS c GROUP BY c.i
        ) AS l ON l.i = r.n
    ) AS i;

    -- References already in the book, with the shape of what was posted under them.
    SELECT array_agg(t.id ORDER BY r.n), array_agg(t.kind || e.shape ORDER BY r.n)
    INTO v_known, v_known_shapes
    FROM unnest(p_references) WITH ORDINALITY AS r (reference, n)
    LEFT JOIN ledger_transaction AS t ON t.reference = r.reference
    LEFT JOIN LATERAL (
        SELECT string_agg(c.shape, ';' ORDER BY c.currency) AS shape FROM (
            SELECT x.currency, x.currency || string_agg(
                x.account_id || ':' || x.amount_minor, ',' ORDER BY x.account_id, x.amount_minor
            ) AS shape
            FROM ledger_entry AS x WHERE x.transaction_id = t.id GROUP BY x.currency
        ) AS c
    ) AS e ON t.id IS NOT NULL;

    v_outcomes := array_fill(NULL::text, ARRAY[v_count]);
    v_accounts := array_fill(NULL::bigint, ARRAY[v_count]);
    v_posted := array_fill(NULL::bigint, ARRAY[v_count]);
    v_holders := array_fill(0, ARRAY[v_count]);
    v_afters := array_fill(NULL::bigint, ARRAY[coalesce(cardinality(p_leg_items), 0)]);

    FOR i IN 1 .. v_count LOOP
        IF i = 1 OR p_groups[i] IS NULL OR p_groups[i] IS DISTINCT FROM p_groups[i - 1] THEN
            v_group_start := i;
            v_failed_group := FALSE;
        ELSIF v_failed_group THEN
            v_outcomes[i] := 'ledger_group_whole';
            CONTINUE;
        END IF;
        v_verdict := v_wrongs[i];
        v_holder := v_holders[v_same[i]];
        v_undo := coalesce(v_froms[i], 1) - 1;
        IF v_verdict IS NOT NULL THEN
            NULL;
        ELSIF v_known[i] IS NOT NULL THEN
            v_verdict := CASE WHEN v_known_shapes[i] = p_kinds[i] || v_shapes[i]
                THEN 'REPEATED' ELSE 'ledger_transaction_reference_same_legs' END;
            v_posted[i] := CASE WHEN v_verdict = 'REPEATED' THEN v_known[i] END;
        ELSIF v_holder > 0 THEN
            v_verdict := CASE WHEN p_kinds[v_holder] || v_shapes[v_holder] = p_kinds[i] || v_shapes[i]
                THEN 'REPEATED' ELSE 'ledger_transaction_reference_same_legs' END;
        ELSE
            FOR j IN v_froms[i] .. v_tos[i] LOOP
                v_slot := v_slots[j];
                IF p_leg_amounts[j] > 0 AND v_balances[v_slot] > 9223372036854775807 - p_leg_amounts[j]
                    OR p_leg_amounts[j] < 0 AND v_balances[v_slot] < -9223372036854775807 - p_leg_amounts[j] THEN
                    v_verdict := 'ledger_account_balance_fits';
                    v_accounts[i] := p_leg_accounts[j];
                    EXIT;
                END IF;
                v_new := v_balances[v_slot] + p_leg_amounts[j];
                v_verdict := CASE
                    WHEN v_slot IS NULL THEN 'ledger_entry_account_exists'
                    WHEN v_currencies[v_slot] <> p_leg_currencies[j] THEN 'ledger_entry_currency_matches'
                    WHEN v_statuses[v_slot] = 'FROZEN' THEN 'ledger_account_not_frozen'
                    WHEN v_statuses[v_slot] = 'CLOSED' THEN 'ledger_account_not_closed'
                    WHEN v_new < v_lows[v_slot] OR v_new > v_highs[v_slot] THEN
                        CASE WHEN (v_new < v_lows[v_slot]) = (
                            SELECT a.normal_sign = 1 FROM ledger_account AS a WHERE a.id = p_leg_accounts[j]
                        ) THEN 'ledger_account_floor_holds' ELSE 'ledger_account_cap_holds' END
                END;
                IF v_verdict IS NOT NULL THEN
                    v_accounts[i] := p_leg_accounts[j];
                    EXIT;
                END IF;
                v_balances[v_slot] := v_new;
                IF v_rows[v_slot] IS NULL THEN v_afters[j] := v_new; END IF;
                v_undo := j;
            END LOOP;
        END IF;
        IF v_verdict IS NULL THEN
            v_outcomes[i] := 'POSTED';
            v_holders[v_same[i]] := i;
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
                    v_holders[v_same[k]] := 0;
                END IF;
                v_outcomes[k] := 'ledger_group_whole';
                v_posted[k] := NULL;
            END LOOP;
        END IF;
    END LOOP;

    PERFORM pg_current_xact_id();
    v_now := clock_timestamp();
    FOR i IN 1 .. v_count LOOP
        IF v_outcomes[i] = 'POSTED' THEN
            v_posted[i] := nextval(v_sequence);
        END IF;
    END LOOP;
    FOR i IN 1 .. v_count LOOP
        IF v_outcomes[i] = 'REPEATED' AND v_posted[i] IS NULL THEN
            v_posted[i] := v_posted[v_holders[v_same[i]]];
        END IF;
    END LOOP;
    INSERT INTO ledger_transaction (id, kind, reference, effective_at, recorded_at, description, metadata)
    SELECT u.id, u.kind, u.reference, coalesce(u.effective_at, v_now), v_now,
        coalesce(u.description, ''), coalesce(u.metadata, '{}')
    FROM unnest(v_posted, p_kinds, p_references, p_effective_ats, p_descriptions, p_metadatas, v_outcomes)
        AS u (id, kind, reference, effective_at, description, metadata, outcome)
    WHERE u.outcome = 'POSTED'
    ON CONFLICT (reference) DO NOTHING;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    IF v_written <> cardinality(array_positions(v_outcomes, 'POSTED')) THEN
        RAISE EXCEPTION 'a reference was posted meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, currency, effective_at, balance_after_minor, stripe)
    SELECT r.id, l.account, l.amount, l.currency, coalesce(r.effective_at, v_now), l.after,
        coalesce(v_rows[l.slot], 0)
    FROM unnest(p_leg_items, p_leg_accounts, p_leg_amounts, p_leg_currencies, v_slots, v_afters)
        WITH ORDINALITY AS l (item, account, amount, currency, slot, after, n)
    INNER JOIN unnest(v_posted, p_effective_ats, v_outcomes)
        WITH ORDINALITY AS r (id, effective_at, outcome, n) ON r.n = l.item
    WHERE r.outcome = 'POSTED'
    ORDER BY l.n;
    UPDATE ledger_account AS a SET balance_minor = u.balance
    FROM unnest(v_ids, v_balances, v_firsts, v_rows) AS u (id, balance, first, stripe)
    WHERE a.id = u.id AND u.stripe IS NULL AND u.balance <> u.first;
    UPDATE ledger_stripe AS s SET balance_minor = u.balance
    FROM unnest(v_ids, v_balances, v_firsts, v_rows) AS u (id, balance, first, stripe)
    WHERE s.account_id = u.id AND s.stripe = u.stripe AND u.balance <> u.first;
    RETURN QUERY
    SELECT u.n::integer, u.outcome, u.id, u.account, t.recorded_at
    FROM unnest(v_outcomes, v_posted, v_accounts) WITH ORDINALITY AS u (outcome, id, account, n)
    LEFT JOIN ledger_transaction AS t ON t.id = u.id;
END
$$;

ALTER FUNCTION ledger_post_many OWNER TO jigap_book;
REVOKE EXECUTE ON FUNCTION ledger_post_many FROM public;
GRANT EXECUTE ON FUNCTION ledger_post_many TO jigap_app;
