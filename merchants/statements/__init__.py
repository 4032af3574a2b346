"""Bank statements: read from camt, MT940, BAI2 and CSV, checked to the unit, and loaded once."""
