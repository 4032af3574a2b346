"""Disputes over the API: the payer's side and the merchant's."""
