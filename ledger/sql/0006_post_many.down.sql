DROP FUNCTION ledger_post_many;
DROP FUNCTION ledger_malformed;
DROP FUNCTION ledger_shape;
