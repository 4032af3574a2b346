"""What happened: activity, receipts, statements, notices, limits."""
