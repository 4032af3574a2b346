"""Settings: the person, their proofs, their devices, and the wallet itself."""
