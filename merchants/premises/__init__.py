"""The places of a merchant: stores, their hours, and the tills in them."""
