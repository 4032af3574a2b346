-- The highest transaction id at this moment, and the next database transaction's xid: once every
-- database transaction below that xid has ended, no transaction up to that id can appear any more,
-- because ledger_post takes the xid before the id.
CREATE FUNCTION ledger_horizon(OUT through_id bigint, OUT next_xid bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT coalesce(max(t.id), 0) INTO through_id FROM ledger_transaction AS t;
    next_xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
END
$$;
