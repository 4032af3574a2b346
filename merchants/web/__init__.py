"""Doors in the browser: pages of the payer, who knows stores, and of the till."""
