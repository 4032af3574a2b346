-- Two roles beside the one that migrates and owns the tables.
--   jigap_book   owns the posting functions; nobody logs in as it. Its name on a statement is the
--                proof that the statement came from one of those functions.
--   jigap_app    what the application runs as in production: it reads the book, calls the posting
--                functions, and has no right to write history. It logs in once it is given a
--                password: ALTER ROLE jigap_app LOGIN PASSWORD '...'.
-- Roles belong to the whole server, so another database's migration may have made them already.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['jigap_book', 'jigap_app'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
    -- Handing a function to another role asks for membership in it.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT jigap_book TO %I', current_user);
    END IF;
END
$$;

GRANT USAGE, CREATE ON SCHEMA public TO jigap_book;
GRANT SELECT, INSERT ON ledger_transaction, ledger_entry TO jigap_book;
GRANT SELECT, INSERT, UPDATE ON ledger_account, ledger_stripe TO jigap_book;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jigap_book;

-- The other apps' tables, those that exist and those that come.
GRANT USAGE ON SCHEMA public TO jigap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO jigap_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jigap_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jigap_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO jigap_app;

-- The book: look, post and change accounts through functions, set notes; nothing else.
REVOKE ALL ON ledger_account, ledger_stripe, ledger_transaction, ledger_entry, ledger_seal FROM jigap_app;
GRANT SELECT ON ledger_account, ledger_stripe, ledger_transaction, ledger_entry, ledger_seal TO jigap_app;
GRANT UPDATE (metadata) ON ledger_account TO jigap_app;
GRANT INSERT ON ledger_seal TO jigap_app;
