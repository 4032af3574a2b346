DROP TRIGGER merchants_deed_append_only ON merchants_deed;
DO $$
DECLARE
    v_table text;
BEGIN
    FOR v_table IN SELECT c.relname FROM pg_policy AS p INNER JOIN pg_class AS c ON c.oid = p.polrelid
        WHERE p.polname = 'own' AND c.relname LIKE 'merchants\_%'
    LOOP
        EXECUTE format('DROP POLICY own ON %I', v_table);
        EXECUTE format('DROP POLICY everybody ON %I', v_table);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;
DROP FUNCTION merchants_walled_in();
-- The role belongs to the whole server and may be another database's; it may do nothing here.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM jigap_merchant;
REVOKE USAGE ON SCHEMA public FROM jigap_merchant;
