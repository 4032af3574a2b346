"""What our own printed codes say besides, and the signature under it."""
