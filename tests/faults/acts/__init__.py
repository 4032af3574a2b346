"""The faults: each breaks the running stack, and heals it."""
