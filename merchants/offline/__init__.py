"""Paying where the till, or the till and the payer, have no network; see docs/offline.md."""
