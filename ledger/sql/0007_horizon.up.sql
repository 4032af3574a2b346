-- The highest transaction id that is committed, and an xid taken after it was read: once every
-- database transaction below that xid has ended, no transaction up to that id can appear any more,
-- because ledger_post takes its xid before its id. (The end of the snapshot would not do as the
-- xid: it lies above the highest transaction that has ended, and one under way may lie above it.)
CREATE FUNCTION ledger_horizon(OUT through_id bigint, OUT below_xid bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT coalesce(max(t.id), 0) INTO through_id FROM ledger_transaction AS t;
    below_xid := pg_current_xact_id()::text::bigint;
END
$$;
