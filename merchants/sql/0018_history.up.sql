-- What was given back stays as it was; and what other history hangs on is never removed, whatever
-- asks for it.
CREATE TRIGGER merchants_refund_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON merchants_refund
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON merchants_refund FROM jigap_app;
CREATE TRIGGER merchants_payment_kept BEFORE DELETE OR TRUNCATE ON merchants_payment
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
REVOKE DELETE, TRUNCATE ON
merchants_payment, merchants_merchant, merchants_store, merchants_terminal,
merchants_apikey, merchants_apikeysecret, merchants_staffrole, merchants_staffinvitation,
merchants_application, merchants_merchantbankaccount, merchants_offlineterms,
merchants_settlementshard, merchants_breakresolution, merchants_reconciliationday,
merchants_reconciliationrun, merchants_safeguardingday, merchants_webhookendpoint
FROM jigap_app;
