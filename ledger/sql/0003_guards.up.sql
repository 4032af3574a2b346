-- What no one may do to the book, the owner of the tables included.
-- The guards are per statement where they can be: a row-level BEFORE UPDATE trigger would fetch and
-- lock each balance row once more on the payment path.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: history is final', tg_op, tg_table_name
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only';
END
$$;

-- The role is asked for inside the function: PostgreSQL would parse a WHEN clause anew for each
-- statement, as it does a CHECK, and that costs more than the call.
CREATE FUNCTION ledger_refuse_other_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'jigap_book' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on % is refused: only the posting functions write here', tg_op, tg_table_name
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_only_posting_writes';
END
$$;

CREATE TRIGGER ledger_transaction_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_entry_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_seal_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_account_kept
BEFORE DELETE OR TRUNCATE ON ledger_account
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_stripe_kept
BEFORE DELETE OR TRUNCATE ON ledger_stripe
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_account_identity_final
BEFORE UPDATE OF id, code, currency, category, normal_sign, stripes, opened_at ON ledger_account
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_transaction_written_by_posting
BEFORE INSERT ON ledger_transaction
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_other_writer();

-- Floor and cap hold, whichever function wrote the balance; and one wrote. Not CHECK constraints:
-- PostgreSQL would read their stored text anew in each statement, which costs three times as much.
-- (Without a bound the comparison is unknown, and not refused.)
CREATE FUNCTION ledger_check_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'jigap_book'
        AND (new.balance_minor * new.normal_sign BETWEEN new.floor_minor AND new.cap_minor) IS NOT FALSE THEN
        RETURN NULL;
    END IF;
    IF current_user <> 'jigap_book' THEN
        RAISE EXCEPTION '% on ledger_account is refused: only the posting functions write here', tg_op
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_only_posting_writes';
    END IF;
    RAISE EXCEPTION 'the balance of account % would be out of its bounds', new.id USING
        ERRCODE = 'check_violation', DETAIL = json_build_object('account_id', new.id),
        CONSTRAINT = CASE WHEN new.balance_minor * new.normal_sign < new.floor_minor
            THEN 'ledger_account_floor_holds' ELSE 'ledger_account_cap_holds' END;
END
$$;

CREATE TRIGGER ledger_account_within_bounds
AFTER INSERT OR UPDATE OF balance_minor, status, floor_minor, cap_minor ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_check_account();

CREATE TRIGGER ledger_stripe_written_by_posting
BEFORE INSERT OR UPDATE ON ledger_stripe
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_other_writer();

-- Debits equal credits per currency, whichever function wrote the entries. Each posting inserts all
-- its entries in one statement, so the check can stand at the end of the statement, where it costs a
-- third of a deferred trigger that fires once a row. Who wrote is asked here too, not in a trigger
-- of its own, and so is whether the period takes postings: dated now, as a payment is, that is one
-- more aggregate of the same scan, and no lock; see Note [Closed periods] in ledger/models.py.
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_closed_before timestamptz;
    v_refused text;
BEGIN
    IF current_user <> 'jigap_book' THEN
        RAISE EXCEPTION 'INSERT on ledger_entry is refused: only the posting functions write here'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_only_posting_writes';
    END IF;
    PERFORM FROM new_entries AS e
    GROUP BY e.transaction_id, e.currency
    HAVING sum(e.amount_minor) <> 0 OR min(e.effective_at) < statement_timestamp() - INTERVAL '1 hour';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM new_entries AS e
    GROUP BY e.transaction_id, e.currency HAVING sum(e.amount_minor) <> 0;
    IF FOUND THEN
        RAISE EXCEPTION 'debits and credits of a transaction differ'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balances';
    END IF;
    v_closed_before := ledger_hold_periods();
    SELECT p.refusal INTO v_refused
    FROM new_entries AS e
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    CROSS JOIN LATERAL (SELECT ledger_period_refusal(e.effective_at, t.reference) AS refusal) AS p
    WHERE e.effective_at < v_closed_before AND p.refusal IS NOT NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a posting is dated into a closed period'
            USING ERRCODE = 'check_violation', CONSTRAINT = v_refused;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_transaction_balances
AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS new_entries
FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();

-- Balance rows are updated for ever; room on their pages keeps the updates off the indexes.
ALTER TABLE ledger_account SET (fillfactor = 50);
ALTER TABLE ledger_stripe SET (fillfactor = 20);

CREATE INDEX ledger_entry_by_account ON ledger_entry (account_id, effective_at, id);
CREATE INDEX ledger_entry_by_transaction ON ledger_entry (transaction_id);
CREATE INDEX ledger_transaction_by_effective_at ON ledger_transaction USING brin (effective_at);
CREATE INDEX ledger_transaction_by_metadata ON ledger_transaction
USING gin (metadata jsonb_path_ops) WHERE metadata <> '{}';
CREATE INDEX ledger_account_by_metadata ON ledger_account
USING gin (metadata jsonb_path_ops) WHERE metadata <> '{}';
