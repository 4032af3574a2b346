"""Settlement: netting what each merchant is owed for a business day."""
