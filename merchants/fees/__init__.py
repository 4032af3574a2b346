"""What payments cost merchants: prices, the agreements that name them, and the tiers."""

from merchants.fees.pricing import fee_returned, payment_fee, price_of, vat

__all__ = ["fee_returned", "payment_fee", "price_of", "vat"]
