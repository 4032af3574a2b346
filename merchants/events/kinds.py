"""Every kind of event that a merchant can be told of."""

from __future__ import annotations

KINDS = (
    "payment.created",
    "payment.awaiting_payer",
    "payment.succeeded",
    "payment.closed",
    "payment.authorized",
    "payment.captured",
    "payment.voided",
    "payment.expired",
    "payment.refunded",
    "dispute.opened",
    "dispute.answered",
    "dispute.won",
    "dispute.lost",
    "dispute.withdrawn",
    "dispute.conceded",
    "settlement.closed",
    "payout.sent",
    "payout.confirmed",
    "payout.returned",
    "webhook.test",
)
TEST = "webhook.test"
