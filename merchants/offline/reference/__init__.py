"""A telephone and a till as the wire format wants them, in Python: for tests, and to copy from."""
