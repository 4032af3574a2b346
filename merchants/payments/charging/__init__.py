"""Charging the code that a payer shows: whose it is, what decides it, what it causes."""
