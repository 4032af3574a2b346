"""Codes a payer or a till can scan: reading them, writing them, drawing them."""
