"""Writing down who changed what about a wallet."""

from __future__ import annotations

from datetime import datetime

from wallet.models import User, Wallet, WalletAudit


def note(
    *, wallet: Wallet, action: WalletAudit.Action, actor: str, reason: str, at: datetime
) -> None:
    """Write an audit row, inside the caller's database transaction; it can never be changed."""
    WalletAudit.objects.create(
        wallet=wallet, action=action, actor=actor, reason=reason, happened_at=at
    )


def holder_of(wallet: Wallet) -> str:
    """Return how an audit row names the wallet's holder."""
    return f"holder:{wallet.holder_id}"


def staff(user: User) -> str:
    """Return how an audit row names a member of staff who is signed in."""
    return f"staff:{user.pk}"
