"""Days of trading, simulated."""
