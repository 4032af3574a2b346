-- Spent amounts and audit rows are history, like the book: the tables' owner may not change them
-- either. The function that refuses is the ledger's.
CREATE TRIGGER wallet_spend_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_spend
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON wallet_spend FROM jigap_app;

CREATE TRIGGER wallet_walletaudit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_walletaudit
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON wallet_walletaudit FROM jigap_app;
