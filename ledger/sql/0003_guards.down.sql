DROP INDEX ledger_account_by_metadata, ledger_transaction_by_metadata,
ledger_transaction_by_effective_at, ledger_entry_by_transaction, ledger_entry_by_account;
ALTER TABLE ledger_stripe RESET (fillfactor);
ALTER TABLE ledger_account RESET (fillfactor);
DROP TRIGGER ledger_transaction_balances ON ledger_entry;
DROP FUNCTION ledger_check_entries;
DROP TRIGGER ledger_stripe_written_by_posting ON ledger_stripe;
DROP TRIGGER ledger_account_within_bounds ON ledger_account;
DROP FUNCTION ledger_check_account;
DROP TRIGGER ledger_transaction_written_by_posting ON ledger_transaction;
DROP TRIGGER ledger_account_identity_final ON ledger_account;
DROP TRIGGER ledger_stripe_kept ON ledger_stripe;
DROP TRIGGER ledger_account_kept ON ledger_account;
DROP TRIGGER ledger_seal_append_only ON ledger_seal;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_transaction_append_only ON ledger_transaction;
DROP FUNCTION ledger_refuse_other_writer;
DROP FUNCTION ledger_refuse_change;
