"""The book: accounts, transactions, entries and balances."""
