"""Paying settlements out: runs signed by two persons, files to the bank, and what it answers."""
