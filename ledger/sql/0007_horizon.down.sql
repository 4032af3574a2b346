DROP FUNCTION ledger_horizon;
