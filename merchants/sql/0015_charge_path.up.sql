-- The statements of a payment by the code that a payer shows: one claims its key, locks the wallet and
-- reads whatever the decision needs, one writes whatever it causes. The decisions are made in Python,
-- between the two: nothing here says what may be.

-- What each rule that is not ended finds about a payment of a locked wallet. How far away the payer
-- is, is NULL where it is not known.
CREATE FUNCTION merchants_measure_risk(
    p_wallet bigint, p_merchant bigint, p_amount bigint, p_currency text, p_hour integer,
    p_metres bigint, p_at timestamptz
) RETURNS TABLE (
    rule_id bigint, rule_code text, outcome text, is_dry_run boolean, threshold bigint, measured bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT r.id, r.code::text, r.outcome::text, r.is_dry_run, r.threshold::bigint, (CASE r.measure
        WHEN 'COUNT' THEN 1 + (
            SELECT count(*) FROM merchants_payment AS p
            WHERE p.wallet_id = p_wallet AND p.paid_at > p_at - make_interval(mins => r.window_minutes)
        )
        WHEN 'AMOUNT' THEN p_amount + (
            SELECT coalesce(sum(p.captured_minor), 0) FROM merchants_payment AS p
            WHERE p.wallet_id = p_wallet AND p.paid_at > p_at - make_interval(mins => r.window_minutes)
        )
        WHEN 'NEW_PAYEE' THEN CASE WHEN NOT EXISTS (
            SELECT FROM merchants_payment AS p
            WHERE p.wallet_id = p_wallet AND p.paid_at IS NOT NULL AND p.merchant_id = p_merchant
        ) THEN p_amount END
        WHEN 'HOUR' THEN CASE WHEN CASE WHEN r.from_hour < r.to_hour
            THEN p_hour >= r.from_hour AND p_hour < r.to_hour
            ELSE p_hour >= r.from_hour OR p_hour < r.to_hour
        END THEN p_amount END
        WHEN 'DISTANCE' THEN p_metres
    END)::bigint
    FROM merchants_riskrule AS r
    WHERE r.ended_at IS NULL AND r.currency IN ('', p_currency) ORDER BY r.id;
END
$$;

-- Whatever a charge is decided by, with its key claimed and the payer's wallet locked. Where the key
-- was claimed before, nothing else is read; where the order has a payment, only which.
CREATE FUNCTION merchants_look_at_charge(
    p_principal text, p_operation text, p_key text, p_fingerprint bytea,
    p_wallet bigint, p_merchant bigint, p_order_no text, p_amount bigint, p_hour integer,
    p_at timestamptz, p_day timestamptz, p_month timestamptz,
    OUT record_id bigint, OUT holder bigint, OUT currency text, OUT available bigint,
    OUT status text, OUT tier text, OUT earlier bigint, OUT rules text, OUT usage text,
    OUT risks text, OUT plan text
) LANGUAGE plpgsql AS $$
BEGIN
    IF p_key IS NOT NULL THEN
        record_id := wallet_claim(p_principal, p_operation, p_key, p_fingerprint);
        IF record_id IS NULL THEN
            RETURN;
        END IF;
    END IF;
    SELECT w.holder_id, w.currency, w.available_account_id, w.status, w.tier
    INTO holder, currency, available, status, tier
    FROM wallet_wallet AS w WHERE w.id = p_wallet FOR NO KEY UPDATE;
    SELECT p.id INTO earlier FROM merchants_payment AS p
    WHERE p.merchant_id = p_merchant AND p.merchant_order_no = p_order_no;
    IF earlier IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT b.rules, b.usage INTO rules, usage
    FROM wallet_books(tier, currency, holder, p_day, p_month, 'PAYMENT', 'CODE', 'CONSUMER') AS b;
    SELECT json_agg(json_build_array(
        m.rule_id, m.rule_code, m.outcome, m.is_dry_run, m.threshold, m.measured
    )) INTO risks
    FROM merchants_measure_risk(p_wallet, p_merchant, p_amount, currency, p_hour, NULL, p_at) AS m;
    SELECT to_json(f) INTO plan
    FROM merchants_feeagreement AS a INNER JOIN merchants_feeplan AS f ON f.id = a.plan_id
    WHERE a.merchant_id = p_merchant AND a.effective_from <= p_at
    ORDER BY a.effective_from DESC LIMIT 1;
END
$$;

-- Whatever a charge causes, its answer included where it has a key; NULL, and nothing is written,
-- where the order has got another payment meanwhile.
CREATE FUNCTION merchants_write_charge(
    p_record bigint, p_status integer, p_body jsonb, p_payment jsonb, p_means text,
    p_accounts bigint[], p_amounts bigint[], p_facts jsonb, p_shown text, p_words text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    n merchants_payment := jsonb_populate_record(NULL::merchants_payment, p_payment);
    v_reference text := 'payment:' || n.number;
    v_posted record;
    v_answered boolean;
BEGIN
    INSERT INTO merchants_payment (
        number, store_id, merchant_id, wallet_id, merchant_order_no, presented, is_manual_capture,
        currency, amount_minor, tip_minor, asks_tip, captured_minor, fee_minor, refunded_minor,
        disputed_minor, bill_number, memo, answers, state, created_at, expires_at, paid_at, closed_because
    ) VALUES (
        n.number, n.store_id, n.merchant_id, n.wallet_id, n.merchant_order_no, n.presented, FALSE,
        n.currency, n.amount_minor, n.tip_minor, FALSE, n.captured_minor, n.fee_minor, 0,
        0, n.bill_number, n.memo, n.answers, n.state, n.created_at, n.expires_at, n.paid_at, ''
    ) ON CONFLICT ON CONSTRAINT merchants_payment_order_once DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO wallet_spend (
        wallet_id, purpose, means, code_kind, amount_minor, count, spent_at
    ) VALUES (n.wallet_id, 'PAYMENT', p_means, n.presented, n.captured_minor, 1, n.paid_at);
    v_posted := ledger_post(
        'PAYMENT', v_reference, p_accounts, p_amounts,
        array_fill(n.currency::text, ARRAY[cardinality(p_accounts)]), n.paid_at
    );
    INSERT INTO wallet_activitynote (wallet_id, reference, kind, counterparty, memo, at, words)
    VALUES (n.wallet_id, v_reference, 'PAYMENT', p_shown, n.memo, n.paid_at, array_to_tsvector(p_words));
    INSERT INTO wallet_event (wallet_id, kind, facts, happened_at)
    VALUES (n.wallet_id, 'payment.succeeded', p_facts, n.paid_at);
    IF p_record IS NOT NULL THEN
        v_answered := wallet_write_answer(p_record, p_status, p_body);
    END IF;
    RETURN v_id;
END
$$;
