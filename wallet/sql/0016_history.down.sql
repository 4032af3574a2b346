DROP TRIGGER wallet_transfer_append_only ON wallet_transfer;
GRANT UPDATE, DELETE ON
wallet_transfer, wallet_activitynote, wallet_billsplit, wallet_debt
TO jigap_app;
GRANT UPDATE ON wallet_codeuse TO jigap_app;
GRANT DELETE ON
wallet_user, wallet_wallet, wallet_device, wallet_bankaccount, wallet_virtualaccount,
wallet_topup, wallet_bankcredit, wallet_withdrawal, wallet_hold, wallet_claim,
wallet_moneyrequest, wallet_scheduledtransfer, wallet_event, wallet_notice
TO jigap_app;
