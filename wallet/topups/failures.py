"""An automatic top-up that keeps failing is paused until its holder looks at it."""

from __future__ import annotations

from datetime import datetime

from wallet import events
from wallet.models import AutoTopUp, TopUp

MOST_FAILURES = 3


def note_failure(top_up: TopUp, *, at: datetime) -> None:
    """Pause the rule behind a failed top-up when its last few all failed."""
    if top_up.auto_top_up_id is None:
        return
    rule = AutoTopUp.objects.select_for_update(no_key=True).get(pk=top_up.auto_top_up_id)
    decided = rule.top_ups.exclude(status=TopUp.Status.PENDING).filter(asked_at__gte=rule.set_at)
    last = decided.order_by("-pk").values_list("status", flat=True)[:MOST_FAILURES]
    if not rule.enabled or list(last) != [TopUp.Status.FAILED] * MOST_FAILURES:
        return
    rule.enabled, rule.paused_at = False, at
    rule.save(update_fields=["enabled", "paused_at"])
    facts: dict[str, object] = {"failures": MOST_FAILURES, "reason": top_up.failure_reason}
    events.record(wallet=top_up.wallet, kind="auto_top_up.paused", facts=facts, at=at)
