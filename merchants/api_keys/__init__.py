"""API keys: what the programs of a merchant sign in with."""
