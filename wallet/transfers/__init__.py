"""Money from person to person: now, later, on request, and before the other has a wallet."""

from wallet.transfers.sending import send

__all__ = ["send"]
