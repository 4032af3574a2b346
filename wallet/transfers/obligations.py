"""What has to end before a wallet can be closed."""

from __future__ import annotations

from wallet.models import Claim, MoneyRequest, ScheduledTransfer, Wallet


def open_obligations(wallet: Wallet) -> list[str]:
    """Return words for what is open on a wallet; none when nothing is in the way of closing it.

    Each of these begins with the wallet locked and open, so that for whoever holds the lock the
    list cannot grow.
    """
    queries = {
        "claims": Claim.objects.filter(sender=wallet, status=Claim.Status.OPEN),
        "scheduled_transfers": ScheduledTransfer.objects.filter(
            sender=wallet, status=ScheduledTransfer.Status.SCHEDULED
        ),
        "money_requests": MoneyRequest.objects.filter(
            asker=wallet, status=MoneyRequest.Status.OPEN
        ),
    }
    return [word for word, rows in queries.items() if rows.exists()]
