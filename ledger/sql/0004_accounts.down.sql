DROP FUNCTION ledger_set_bounds;
DROP FUNCTION ledger_set_status;
DROP FUNCTION ledger_open_account;
DROP SEQUENCE ledger_account_number;
