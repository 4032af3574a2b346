"""Finance exports: the reports R1 to R11, and the papers of a settlement."""
