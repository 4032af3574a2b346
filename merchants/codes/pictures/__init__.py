"""Codes to look at: QR symbols, bars, and the codes found in photos."""
