-- A poster that was recalled stays recalled: the versions of a store only go forward, whoever
-- writes.
CREATE FUNCTION merchants_guard_posters() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'a recalled poster does not come back'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'merchants_store_posters_forward';
END;
$$;

CREATE TRIGGER merchants_store_posters_guarded BEFORE UPDATE ON merchants_store
FOR EACH ROW WHEN (
    new.poster_version < old.poster_version
    OR new.oldest_poster_version < old.oldest_poster_version
) EXECUTE FUNCTION merchants_guard_posters();
