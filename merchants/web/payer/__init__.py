"""Paying a store: scanning its code, confirming, and what became of it."""
