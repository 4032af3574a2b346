"""EMVCo consumer-presented codes: what other wallets' payers show, read and explained."""
