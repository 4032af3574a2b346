"""Payments that look wrong: measured in one query, decided by a pure function, kept for review."""
