"""The reports, one file for those that come from the same tables."""
