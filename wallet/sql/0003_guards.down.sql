DROP TRIGGER wallet_walletaudit_append_only ON wallet_walletaudit;
GRANT UPDATE, DELETE ON wallet_walletaudit TO jigap_app;

DROP TRIGGER wallet_spend_append_only ON wallet_spend;
GRANT UPDATE, DELETE ON wallet_spend TO jigap_app;
