DROP FUNCTION ledger_post_many;
