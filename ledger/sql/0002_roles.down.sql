-- The roles stay: other databases of the server may use them.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE ON SEQUENCES FROM jigap_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM jigap_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM jigap_app, jigap_book;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM jigap_app, jigap_book;
REVOKE ALL ON SCHEMA public FROM jigap_app, jigap_book;
