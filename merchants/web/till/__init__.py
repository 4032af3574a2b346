"""The till: a telephone or a tablet at the counter."""
