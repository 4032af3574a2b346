-- The second wall of the merchants' admin site. While one of its pages is made, the role is
-- jigap_merchant and jigap.merchant_id names the merchant (both set for the database transaction);
-- the policies show it that merchant's rows of these tables, and it may read nothing else.
DO $$
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jigap_merchant') THEN
            CREATE ROLE jigap_merchant NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    -- Whoever serves the site may become it, and must not inherit from it: a policy for a role
    -- holds for all who inherit from that role, and would then hold for the whole application.
    IF current_setting('server_version_num')::int >= 160000 THEN
        -- As text, since PostgreSQL 15 could not even read it.
        EXECUTE 'GRANT jigap_merchant TO jigap_app WITH INHERIT FALSE, SET TRUE';
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            EXECUTE format('GRANT jigap_merchant TO %I WITH INHERIT FALSE, SET TRUE', current_user);
        END IF;
    ELSE
        ALTER ROLE jigap_app NOINHERIT;
        GRANT jigap_merchant TO jigap_app;
    END IF;
END
$$;

CREATE FUNCTION merchants_walled_in() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
    SELECT nullif(current_setting('jigap.merchant_id', TRUE), '')::bigint
$$;

GRANT USAGE ON SCHEMA public TO jigap_merchant;
GRANT SELECT ON
    django_content_type, merchants_settlementcalendar, merchants_feeplan, merchants_feerate
    TO jigap_merchant;

-- For everybody else each table stays as open as its grants make it: a policy that is always true
-- is taken out of a query before it is planned.
DO $$
DECLARE
    v_table text;
    v_rule text;
BEGIN
    FOR v_table, v_rule IN VALUES
        ('merchants_merchant', 'id = (SELECT merchants_walled_in())'),
        ('merchants_store', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_terminal', 'EXISTS (SELECT FROM merchants_store AS s WHERE s.id = store_id)'),
        ('merchants_payment', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_refund', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_settlement', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_settlementitem', 'EXISTS (SELECT FROM merchants_settlement AS s WHERE s.id = settlement_id)'),
        ('merchants_settlementterms', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_reserve', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_adjustment', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_payout', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_merchantbankaccount', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_dispute', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_disputeevidence', 'EXISTS (SELECT FROM merchants_dispute AS d WHERE d.id = dispute_id)'),
        ('merchants_feeagreement', 'merchant_id = (SELECT merchants_walled_in())'),
        ('merchants_staffrole', 'merchant_id = (SELECT merchants_walled_in())')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY everybody ON %I USING (TRUE) WITH CHECK (TRUE)', v_table);
        EXECUTE format('CREATE POLICY own ON %I AS RESTRICTIVE TO jigap_merchant USING (%s)', v_table, v_rule);
        EXECUTE format('GRANT SELECT ON %I TO jigap_merchant', v_table);
    END LOOP;
END
$$;

-- What people did in the admin: asked, and what came of it. Never changed.
CREATE TRIGGER merchants_deed_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_deed
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_deed FROM jigap_app;
