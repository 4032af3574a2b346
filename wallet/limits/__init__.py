"""How much may move, and how often."""
