-- What was sent stays as it was; and what other history hangs on is never removed, whatever asks for it.
CREATE TRIGGER wallet_transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_transfer
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON
wallet_transfer, wallet_activitynote, wallet_billsplit, wallet_debt
FROM jigap_app;
REVOKE UPDATE, TRUNCATE ON wallet_codeuse FROM jigap_app;
REVOKE DELETE, TRUNCATE ON
wallet_user, wallet_wallet, wallet_device, wallet_bankaccount, wallet_virtualaccount,
wallet_topup, wallet_bankcredit, wallet_withdrawal, wallet_hold, wallet_claim,
wallet_moneyrequest, wallet_scheduledtransfer, wallet_event, wallet_notice
FROM jigap_app;
