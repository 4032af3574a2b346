"""A bank to develop and test against: a process of its own that only speaks HTTP with us."""
