"""Expand: a column that nobody has to know, a constraint that looks at new rows, an index."""
