"""Who works for a merchant: roles, and invitations to them."""
