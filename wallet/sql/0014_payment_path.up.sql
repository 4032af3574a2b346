-- The statements of the payment path. A movement of money costs one call that claims its key, locks
-- and reads whatever its decision needs, and one that writes whatever it causes. The decisions
-- themselves are made in Python, between the two: nothing here says what may be.
--
-- As functions, because PostgreSQL keeps the plans of a function's statements for as long as a
-- connection lives, and with a pool that is long. Each statement in a function sees what was committed
-- before it began, so that what is read after a lock is read as it is under the lock. Where one
-- function calls another, its result is assigned: PL/pgSQL evaluates that without starting a query.
-- Starting one costs more than what most of these do, so that what is read together is read by one.

-- Claim a key for the request that is doing it now; NULL where it was claimed before. Another one
-- that is doing it is waited for, on the unique index.
CREATE FUNCTION wallet_claim(p_principal text, p_operation text, p_key text, p_fingerprint bytea)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO wallet_idempotencyrecord (principal, operation, key, fingerprint)
    VALUES (p_principal, p_operation, p_key, p_fingerprint)
    ON CONFLICT ON CONSTRAINT wallet_idempotency_record_once DO NOTHING RETURNING id INTO v_id;
    RETURN v_id;
END
$$;

-- Use a nonce of a device up; FALSE where it was used before.
CREATE FUNCTION wallet_use_nonce(p_device bigint, p_nonce text, p_at timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO wallet_devicenonce (device_id, nonce, used_at) VALUES (p_device, p_nonce, p_at)
    ON CONFLICT ON CONSTRAINT wallet_device_nonce_once DO NOTHING;
    RETURN FOUND;
END
$$;

-- Keep what a claimed request was answered.
CREATE FUNCTION wallet_write_answer(p_record bigint, p_status integer, p_body jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE wallet_idempotencyrecord SET status = p_status, body = p_body WHERE id = p_record;
    RETURN FOUND;
END
$$;

-- The rules of a wallet, and what its holder used of them since two instants; of a kind of movement
-- only the rules over time that name it. What is counted is the holder's, not the wallet's: closing
-- a wallet and opening another frees nothing.
CREATE FUNCTION wallet_books(
    p_tier text, p_currency text, p_holder bigint, p_day timestamptz, p_month timestamptz,
    p_purpose text DEFAULT NULL, p_means text DEFAULT NULL, p_code_kind text DEFAULT NULL,
    OUT rules text, OUT usage text
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT (
        SELECT json_agg(json_build_array(
            l.period, l.purpose, l.means, l.code_kind, l.amount_minor, l.count
        ))
        FROM wallet_limit AS l
        WHERE l.tier = p_tier AND l.currency = p_currency AND (p_purpose IS NULL OR (
            l.period <> 'BALANCE' AND l.purpose IN ('ANY', p_purpose)
            AND l.means IN ('ANY', p_means) AND l.code_kind IN ('ANY', p_code_kind)
        ))
    ), (
        SELECT json_agg(json_build_array(
            u.purpose, u.means, u.code_kind,
            u.month_minor, u.month_count, u.month_since, u.day_minor, u.day_count, u.day_since
        ))
        FROM (
            SELECT s.purpose, s.means, s.code_kind,
                sum(s.amount_minor) AS month_minor, sum(s.count) AS month_count,
                min(s.spent_at) AS month_since,
                sum(s.amount_minor) FILTER (WHERE s.spent_at > p_day) AS day_minor,
                sum(s.count) FILTER (WHERE s.spent_at > p_day) AS day_count,
                min(s.spent_at) FILTER (WHERE s.spent_at > p_day) AS day_since
            FROM wallet_spend AS s
            WHERE s.spent_at > p_month AND s.wallet_id IN (
                SELECT w.id FROM wallet_wallet AS w
                WHERE w.holder_id = p_holder AND w.currency = p_currency
            )
            GROUP BY s.purpose, s.means, s.code_kind
        ) AS u
    ) INTO rules, usage;
END
$$;

-- The most that a wallet may hold (NULL: no bound), and what it holds and is about to hold: both at
-- one instant, so that a top-up that settles meanwhile counts once. A wallet's accounts have a floor,
-- and therefore no stripes.
CREATE FUNCTION wallet_room(
    p_wallet bigint, p_tier text, p_currency text, p_accounts bigint[],
    OUT cap bigint, OUT holds numeric
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT (
        SELECT l.amount_minor FROM wallet_limit AS l
        WHERE l.tier = p_tier AND l.currency = p_currency AND l.period = 'BALANCE' LIMIT 1
    ), coalesce((
        SELECT sum(t.amount_minor) FROM wallet_topup AS t
        WHERE t.wallet_id = p_wallet AND t.status = 'PENDING'
    ), 0) + coalesce((
        SELECT sum(a.balance_minor * a.normal_sign) FROM ledger_account AS a
        WHERE a.id = ANY(p_accounts)
    ), 0) INTO cap, holds;
END
$$;

-- Count a movement against the limits.
CREATE FUNCTION wallet_write_spend(
    p_wallet bigint, p_purpose text, p_means text, p_code_kind text, p_minor bigint,
    p_at timestamptz, p_reference text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO wallet_spend (
        wallet_id, purpose, means, code_kind, amount_minor, count, spent_at, reference
    ) VALUES (p_wallet, p_purpose, p_means, p_code_kind, p_minor, 1, p_at, p_reference);
END
$$;

-- Who asks at the API, by the digest of a token; with the wallet in the address and the device that
-- signed, where they are that person's. Whether the token is still good is decided by the caller.
CREATE FUNCTION wallet_enter(p_digest text, p_wallet uuid, p_device uuid)
RETURNS TABLE (
    token_key text, created timestamptz, expiry timestamptz,
    user_id bigint, password text, last_login timestamptz, is_superuser boolean,
    phone text, phone_confirmed_at timestamptz, is_staff boolean,
    is_active boolean, joined_at timestamptz,
    wallet_id bigint, currency text, available bigint, held bigint, offline bigint,
    status text, tier text, opened_at timestamptz, closed_at timestamptz,
    device_id bigint, public_key bytea
) LANGUAGE sql STABLE AS $$
    SELECT t.token_key, t.created, t.expiry, u.id, u.password, u.last_login, u.is_superuser,
        u.phone, u.phone_confirmed_at, u.is_staff, u.is_active, u.joined_at,
        w.id, w.currency, w.available_account_id, w.held_account_id,
        w.offline_account_id, w.status, w.tier, w.opened_at, w.closed_at, d.id, d.public_key
    FROM knox_authtoken AS t INNER JOIN wallet_user AS u ON u.id = t.user_id
    LEFT JOIN wallet_wallet AS w ON w.public_id = p_wallet AND w.holder_id = u.id
    LEFT JOIN wallet_device AS d
        ON d.public_id = p_device AND d.user_id = u.id AND d.revoked_at IS NULL
    WHERE t.digest = p_digest
$$;

-- Whatever a transfer is decided by, with the nonce used up, the key claimed and both wallets locked in the order of
-- their ids. Where the nonce or the key was used before, where nobody is found, and where the sender
-- is, the rest stays unread. The last transfers are looked for only where they decide.
CREATE FUNCTION wallet_look_at_transfer(
    p_device bigint, p_nonce text,
    p_principal text, p_operation text, p_key text, p_fingerprint bytea,
    p_sender bigint, p_holder bigint, p_currency text, p_phone text, p_handle text,
    p_today date, p_most_misses integer, p_asks_known boolean, p_means text,
    p_at timestamptz, p_day timestamptz, p_month timestamptz,
    OUT is_replayed boolean, OUT record_id bigint, OUT misses integer, OUT was_paid boolean,
    OUT recipient_id bigint, OUT recipient_holder bigint, OUT phone text, OUT name text,
    OUT debited bigint, OUT sender_status text, OUT sender_tier text,
    OUT credited bigint, OUT recipient_status text, OUT recipient_tier text,
    OUT is_frozen_by_staff boolean, OUT is_known boolean,
    OUT rules text, OUT usage text, OUT cap bigint, OUT holds numeric
) LANGUAGE plpgsql AS $$
DECLARE
    v_accounts bigint[];
    v_books record;
    v_room record;
    w wallet_wallet;
BEGIN
    is_replayed := p_device IS NOT NULL AND NOT wallet_use_nonce(p_device, p_nonce, p_at);
    IF is_replayed THEN
        RETURN;
    END IF;
    IF p_key IS NOT NULL THEN
        record_id := wallet_claim(p_principal, p_operation, p_key, p_fingerprint);
        IF record_id IS NULL THEN
            RETURN;
        END IF;
    END IF;
    SELECT m.misses INTO misses FROM wallet_payeemisses AS m
    WHERE m.user_id = p_holder AND m.day = p_today;
    IF p_phone IS NOT NULL THEN
        SELECT r.id, u.id, u.phone, p.display_name
        INTO recipient_id, recipient_holder, phone, name
        FROM wallet_user AS u INNER JOIN wallet_wallet AS r ON r.holder_id = u.id
        LEFT JOIN wallet_profile AS p ON p.user_id = u.id
        WHERE u.phone = p_phone AND r.currency = p_currency AND r.status <> 'CLOSED';
    ELSIF p_handle IS NOT NULL THEN
        SELECT r.id, u.id, u.phone, p.display_name
        INTO recipient_id, recipient_holder, phone, name
        FROM wallet_profile AS p INNER JOIN wallet_user AS u ON u.id = p.user_id
        INNER JOIN wallet_wallet AS r ON r.holder_id = u.id
        WHERE p.handle = p_handle AND r.currency = p_currency AND r.status <> 'CLOSED';
    END IF;
    IF misses >= p_most_misses THEN
        was_paid := EXISTS (
            SELECT FROM wallet_transfer AS t
            WHERE t.sender_id = p_sender AND t.recipient_id = wallet_look_at_transfer.recipient_id
        );
    END IF;
    IF recipient_id IS NULL OR recipient_id = p_sender THEN
        RETURN;
    END IF;
    FOR w IN
        SELECT x.* FROM wallet_wallet AS x WHERE x.id IN (p_sender, recipient_id)
        ORDER BY x.id FOR NO KEY UPDATE
    LOOP
        IF w.id = p_sender THEN
            sender_status := w.status;
            sender_tier := w.tier;
            debited := w.available_account_id;
        ELSE
            recipient_status := w.status;
            recipient_tier := w.tier;
            credited := w.available_account_id;
            v_accounts := ARRAY[w.available_account_id, w.held_account_id, w.offline_account_id];
        END IF;
    END LOOP;
    is_frozen_by_staff := FALSE;
    IF recipient_status = 'FROZEN' THEN
        is_frozen_by_staff := EXISTS (
            SELECT FROM wallet_freeze AS f
            WHERE f.wallet_id = recipient_id AND f.cause = 'STAFF'
        );
    END IF;
    is_known := TRUE;
    IF p_asks_known THEN
        is_known := EXISTS (
            SELECT FROM wallet_transfer AS t INNER JOIN wallet_wallet AS r ON r.id = t.recipient_id
            WHERE t.sender_id = p_sender AND r.holder_id = recipient_holder AND t.sent_at < p_at
        );
    END IF;
    v_books := wallet_books(
        sender_tier, p_currency, p_holder, p_day, p_month, 'TRANSFER', p_means, 'NONE'
    );
    rules := v_books.rules;
    usage := v_books.usage;
    v_room := wallet_room(recipient_id, recipient_tier, p_currency, v_accounts);
    cap := v_room.cap;
    holds := v_room.holds;
END
$$;

-- Whatever a transfer causes, its answer included where it has a key.
CREATE FUNCTION wallet_write_transfer(
    p_record bigint, p_status integer, p_body jsonb, p_public_id uuid, p_sender bigint,
    p_recipient bigint, p_minor bigint, p_currency text, p_memo text, p_means text,
    p_at timestamptz, p_accounts bigint[], p_amounts bigint[], p_facts jsonb,
    p_payee text, p_payee_words text[], p_payer text, p_payer_words text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_posted record;
    v_reference text := 'transfer:' || p_public_id;
    v_answered boolean;
BEGIN
    INSERT INTO wallet_spend (
        wallet_id, purpose, means, code_kind, amount_minor, count, spent_at
    ) VALUES (p_sender, 'TRANSFER', p_means, 'NONE', p_minor, 1, p_at);
    INSERT INTO wallet_transfer (
        public_id, sender_id, recipient_id, amount_minor, currency, memo, sent_at
    ) VALUES (p_public_id, p_sender, p_recipient, p_minor, p_currency, p_memo, p_at)
    RETURNING id INTO v_id;
    v_posted := ledger_post(
        'TRANSFER', v_reference, p_accounts, p_amounts, ARRAY[p_currency, p_currency], p_at
    );
    INSERT INTO wallet_activitynote (wallet_id, reference, kind, counterparty, memo, at, words)
    VALUES
        (p_sender, v_reference, 'TRANSFER', p_payee, p_memo, p_at, array_to_tsvector(p_payee_words)),
        (p_recipient, v_reference, 'TRANSFER', p_payer, p_memo, p_at, array_to_tsvector(p_payer_words));
    INSERT INTO wallet_event (wallet_id, kind, facts, happened_at)
    VALUES
        (p_sender, 'transfer.sent', p_facts, p_at),
        (p_recipient, 'transfer.received', p_facts, p_at);
    IF p_record IS NOT NULL THEN
        v_answered := wallet_write_answer(p_record, p_status, p_body);
    END IF;
    RETURN v_id;
END
$$;
