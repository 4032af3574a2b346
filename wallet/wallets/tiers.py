"""How well a holder is known, which decides their limits."""

from __future__ import annotations

from datetime import datetime

from wallet.errors import WalletNotOpen
from wallet.events import record
from wallet.idempotency import use_case
from wallet.models import Wallet, WalletAudit
from wallet.wallets.audits import note
from wallet.wallets.opening import lock


@use_case
def set_tier(
    *, wallet: Wallet, tier: Wallet.Tier, actor: str, reason: str, at: datetime
) -> Wallet:
    """Move a wallet to another tier; what was used counts against the new limits.

    Raises:
        WalletNotOpen: it is closed.

    """
    (wallet,) = lock(wallet)
    if wallet.status == Wallet.Status.CLOSED:
        raise WalletNotOpen
    if wallet.tier == tier:
        return wallet
    facts: dict[str, object] = {"from": wallet.tier, "to": tier.value}
    wallet.tier = tier
    wallet.save(update_fields=["tier"])
    note(wallet=wallet, action=WalletAudit.Action.TIER, actor=actor, reason=reason, at=at)
    record(wallet=wallet, kind="wallet.tier_changed", facts=facts, at=at)
    return wallet
