"""Proof that it is the holder who moves the money."""
