"""Who acts for a merchant, and what they may do."""
