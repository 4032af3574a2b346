"""What happened to merchants: written, numbered, shown; told by ``merchants.webhooks``."""
