DROP FUNCTION ledger_post;
DROP FUNCTION ledger_replay;
DROP FUNCTION ledger_sweep_amount;
DROP FUNCTION ledger_mirror;
DROP FUNCTION ledger_refuse_leg;
