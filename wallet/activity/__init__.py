"""What happened on a wallet: the list, the search, receipts and statements."""
