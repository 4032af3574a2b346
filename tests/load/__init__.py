"""Load: how much the whole stack bears, what it does beyond that, and that nothing is lost."""
