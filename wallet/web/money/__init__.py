"""Money coming in, going out, and being asked for."""
