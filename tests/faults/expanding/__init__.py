"""A release that changes a busy table, for ``migrate_under_load``: it expands, and contracts."""
