-- What is closed stays closed, and everything goes along the edges of merchants/states/ and along no
-- others, whoever writes. Triggers over many rows are per statement.

CREATE SEQUENCE merchants_payout_number;
GRANT USAGE ON SEQUENCE merchants_payout_number TO jigap_app;

-- A shard is found by this, not by reading all merchants.
CREATE INDEX merchants_merchant_by_shard ON merchants_merchant ((id % 256));

CREATE TRIGGER merchants_settlementcalendar_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_settlementcalendar
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_settlementterms_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_settlementterms
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_lateentry_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_lateentry
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_settlementitem_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_settlementitem
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_settlementrun_kept
BEFORE DELETE OR TRUNCATE ON merchants_settlementrun
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_settlement_kept
BEFORE DELETE OR TRUNCATE ON merchants_settlement
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_reserve_kept
BEFORE DELETE OR TRUNCATE ON merchants_reserve
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_payout_kept
BEFORE DELETE OR TRUNCATE ON merchants_payout
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_payoutrun_kept
BEFORE DELETE OR TRUNCATE ON merchants_payoutrun
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER merchants_adjustment_kept
BEFORE DELETE OR TRUNCATE ON merchants_adjustment
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON
merchants_settlementcalendar, merchants_settlementterms, merchants_lateentry, merchants_settlementitem
FROM jigap_app;
REVOKE UPDATE, DELETE, TRUNCATE ON
merchants_settlement, merchants_settlementrun, merchants_reserve, merchants_payout,
merchants_payoutrun, merchants_adjustment
FROM jigap_app;
GRANT UPDATE (state, hold_reason, approved_by, approved_at, payout_id) ON merchants_settlement TO jigap_app;
GRANT UPDATE (state, closed_at) ON merchants_settlementrun TO jigap_app;
GRANT UPDATE (state, released_in_id) ON merchants_reserve TO jigap_app;
GRANT UPDATE (
    state, reason_code, reason, bank_reference, transaction_id, paid_transaction_id, restored_transaction_id,
    submitted_at, accepted_at, paid_at, returned_at, folded_at, poll_at
) ON merchants_payout TO jigap_app;
GRANT UPDATE (
    state, maker_id, made_at, checker_id, checked_at, approved_digest, file, file_sha256, sent_at, poll_at, closed_at
) ON merchants_payoutrun TO jigap_app;
GRANT UPDATE (state, decided_by_id, decided_at, approved_digest, transaction_id) ON merchants_adjustment TO jigap_app;

-- Runs and their shards.

CREATE FUNCTION merchants_guard_run() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) <> ('CLOSING', 'CLOSED') THEN
        RAISE EXCEPTION 'a run does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_run_edge';
    END IF;
    IF NEW.state = 'CLOSED' AND OLD.state <> 'CLOSED' AND EXISTS (
        SELECT FROM merchants_settlementshard AS s WHERE s.run_id = NEW.id AND s.state <> 'DONE'
    ) THEN
        RAISE EXCEPTION 'shards of run % are not done', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_run_all_done';
    END IF;
    IF (to_jsonb(NEW) - '{state,closed_at}'::text[]) <> (to_jsonb(OLD) - '{state,closed_at}'::text[])
        OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at) THEN
        RAISE EXCEPTION 'the input of a closing is frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_run_frozen';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_settlementrun_guarded BEFORE UPDATE ON merchants_settlementrun
FOR EACH ROW EXECUTE FUNCTION merchants_guard_run();

CREATE FUNCTION merchants_guard_shard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.state <> NEW.state AND NOT CASE OLD.state
        WHEN 'PENDING' THEN NEW.state = 'CLAIMED'
        WHEN 'CLAIMED' THEN NEW.state IN ('PENDING', 'DONE', 'DEAD')
        -- A person looked into it.
        WHEN 'DEAD' THEN NEW.state = 'PENDING'
        ELSE FALSE
    END) OR NEW.token < OLD.token OR (NEW.run_id, NEW.number) <> (OLD.run_id, OLD.number) THEN
        RAISE EXCEPTION 'a shard does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_shard_edge';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_settlementshard_guarded BEFORE UPDATE ON merchants_settlementshard
FOR EACH ROW EXECUTE FUNCTION merchants_guard_shard();

-- Settlements. Each is written with all its items by one statement, and continues the one before it.

CREATE FUNCTION merchants_check_settlements() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM new_settlements AS s WHERE s.state NOT IN ('REVIEW', 'PAYABLE', 'CARRIED')) THEN
        RAISE EXCEPTION 'a settlement begins in review, payable or carried'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_edge';
    END IF;
    IF EXISTS (
        SELECT FROM new_settlements AS s LEFT JOIN merchants_settlement AS p ON p.id = s.previous_id
        WHERE s.carry_in_minor <> coalesce(p.carry_out_minor, 0)
            OR (s.previous_id IS NOT NULL AND (p.merchant_id, p.currency) IS DISTINCT FROM (s.merchant_id, s.currency))
    ) THEN
        RAISE EXCEPTION 'a settlement carries in what the one before it carried out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_continues';
    END IF;
    IF EXISTS (
        SELECT FROM new_settlements AS s WHERE s.item_count <> (
            SELECT count(*) FROM merchants_settlementitem AS i WHERE i.settlement_id = s.id
        )
    ) THEN
        RAISE EXCEPTION 'a settlement is written together with all its items'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_items_complete';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER merchants_settlement_whole
AFTER INSERT ON merchants_settlement REFERENCING NEW TABLE AS new_settlements
FOR EACH STATEMENT EXECUTE FUNCTION merchants_check_settlements();

-- Items arrive all at once, numbered from 1: later ones would repeat a number. Their sums are those
-- that the settlement says, and each is an entry of what its merchant is owed, with its amount. How
-- many rows come is not known when this is planned: without seqscan off the whole book may be read.
CREATE FUNCTION merchants_check_items() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
    v_wrong text;
BEGIN
    -- One pass: by settlement and the account that its entries are on, which has to be one.
    SELECT CASE WHEN n.is_other OR n.account_id <> m.payable_account_id
        THEN 'merchants_settlement_item_of_the_book' ELSE 'merchants_settlement_items_complete' END
    INTO v_wrong
    FROM (
        SELECT i.settlement_id, e.account_id, count(*) AS items, min(i.line_no) AS lowest,
            max(i.line_no) AS highest, sum(i.fee_minor) AS fee, sum(i.vat_minor) AS vat, sum(i.net_minor) AS net,
            coalesce(sum(i.gross_minor) FILTER (WHERE i.line_type = 'PAYMENT'), 0) AS gross,
            bool_or(-e.amount_minor <> i.gross_minor - i.fee_minor) AS is_other
        FROM new_items AS i
        LEFT JOIN LATERAL (
            SELECT x.account_id, x.amount_minor FROM ledger_entry AS x WHERE x.id = i.entry_id OFFSET 0
        ) AS e ON TRUE
        GROUP BY i.settlement_id, e.account_id
    ) AS n
    LEFT JOIN merchants_settlement AS s ON s.id = n.settlement_id
    LEFT JOIN merchants_merchant AS m ON m.id = s.merchant_id
    WHERE s.id IS NULL OR n.is_other OR n.account_id IS DISTINCT FROM m.payable_account_id
        OR (n.items, n.lowest, n.highest) <> (s.item_count, 1, s.item_count)
        OR n.gross <> s.payment_gross_minor OR n.fee <> s.fee_minor - s.fee_refund_minor
        OR n.vat <> s.vat_minor OR n.net <> s.net_minor - s.carry_in_minor
        + s.reserve_hold_minor - s.reserve_release_minor
    ORDER BY 1 LIMIT 1;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the items of a settlement are the entries of what its merchant is owed, and come to its sums'
            USING ERRCODE = 'check_violation', CONSTRAINT = v_wrong;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER merchants_settlementitem_whole
AFTER INSERT ON merchants_settlementitem REFERENCING NEW TABLE AS new_items
FOR EACH STATEMENT EXECUTE FUNCTION merchants_check_items();

CREATE FUNCTION merchants_guard_settlement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.state <> NEW.state AND NOT CASE OLD.state
        WHEN 'REVIEW' THEN NEW.state = 'APPROVED'
        WHEN 'APPROVED' THEN NEW.state IN ('PAYABLE', 'CARRIED', 'HELD')
        WHEN 'PAYABLE' THEN NEW.state IN ('HELD', 'PAID_OUT')
        WHEN 'HELD' THEN NEW.state IN ('PAYABLE', 'CARRIED')
        WHEN 'PAID_OUT' THEN NEW.state IN ('RECONCILED', 'HELD')
        WHEN 'RECONCILED' THEN NEW.state = 'HELD'
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'a settlement does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_edge';
    END IF;
    IF (to_jsonb(NEW) - '{state,hold_reason,approved_by,approved_at,payout_id}'::text[])
        <> (to_jsonb(OLD) - '{state,hold_reason,approved_by,approved_at,payout_id}'::text[])
        OR (OLD.approved_at IS NOT NULL
            AND (NEW.approved_at, NEW.approved_by) IS DISTINCT FROM (OLD.approved_at, OLD.approved_by)) THEN
        RAISE EXCEPTION 'a closed settlement does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_final';
    END IF;
    -- Paid by another payout only once the money of the one before is payable again.
    IF OLD.payout_id IS NOT NULL AND NEW.payout_id IS DISTINCT FROM OLD.payout_id AND NOT EXISTS (
        SELECT FROM merchants_payout AS p WHERE p.id = OLD.payout_id
            AND (p.state = 'CANCELLED' OR (p.state = 'FUNDS_RESTORED' AND p.folded_at IS NULL))
    ) THEN
        RAISE EXCEPTION 'settlement % is being paid by another payout', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_settlement_paid_once';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_settlement_guarded BEFORE UPDATE ON merchants_settlement
FOR EACH ROW EXECUTE FUNCTION merchants_guard_settlement();

-- Each payout is itemised: it is the sum of settlements of its merchant, and of nothing else.
CREATE FUNCTION merchants_check_payouts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT n.payout_id FROM new_settlements AS n
            INNER JOIN old_settlements AS o ON o.id = n.id
            WHERE n.payout_id IS NOT NULL AND n.payout_id IS DISTINCT FROM o.payout_id
        ) AS c
        INNER JOIN merchants_payout AS p ON p.id = c.payout_id
        WHERE (p.amount_minor, 0) <> (
            SELECT coalesce(sum(s.payout_minor), 0),
                count(*) FILTER (WHERE (s.merchant_id, s.currency) <> (p.merchant_id, p.currency))
            FROM merchants_settlement AS s WHERE s.payout_id = p.id
        )
    ) THEN
        RAISE EXCEPTION 'a payout is the sum of its settlements'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_payout_itemised';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER merchants_settlement_itemises
AFTER UPDATE ON merchants_settlement REFERENCING OLD TABLE AS old_settlements NEW TABLE AS new_settlements
FOR EACH STATEMENT EXECUTE FUNCTION merchants_check_payouts();

CREATE FUNCTION merchants_guard_reserve() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.state <> NEW.state AND NOT CASE OLD.state
        WHEN 'HELD' THEN NEW.state IN ('PARTLY_RELEASED', 'RELEASED', 'CONSUMED')
        WHEN 'PARTLY_RELEASED' THEN NEW.state IN ('RELEASED', 'CONSUMED')
        ELSE FALSE
    END) OR (to_jsonb(NEW) - '{state,released_in_id}'::text[]) <> (to_jsonb(OLD) - '{state,released_in_id}'::text[]) THEN
        RAISE EXCEPTION 'a reserve does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_reserve_edge';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER merchants_reserve_guarded BEFORE UPDATE ON merchants_reserve
FOR EACH ROW EXECUTE FUNCTION merchants_guard_reserve();
