"""Reconciliation: the book, the records and the bank, and what is left between them."""
