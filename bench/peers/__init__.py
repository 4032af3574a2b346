"""What the ledger is measured against."""
