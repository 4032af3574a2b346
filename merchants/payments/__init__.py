"""Payments to stores: from the till's asking to the refund."""
