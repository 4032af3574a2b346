"""Letting a payment through, asking for more, or refusing it; what was caught is kept."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from ledger.money import Money
from merchants.errors import RiskRefused
from merchants.models import RiskHit, RiskRule, Store
from merchants.risk.deciding import Measured, Verdict, decide
from merchants.risk.measuring import Position, measure
from wallet.errors import StepUpRequired
from wallet.models import Wallet
from wallet.proof.proofs import Means, Proof


def screen(
    *,
    wallet: Wallet,
    store: Store,
    amount: Money,
    proof: Proof,
    at: datetime,
    position: Position | None = None,
) -> None:
    """Refuse what the rules refuse, inside the payment's database transaction.

    Raises:
        StepUpRequired: a rule asks for a second proof; ``reason`` is its code.
        RiskRefused: a rule refuses.

    """
    measured = measure(wallet=wallet, store=store, amount=amount, position=position, at=at)
    screen_measured(measured, wallet=wallet, store=store, amount=amount, proof=proof, at=at)


def screen_measured(
    measured: list[Measured],
    *,
    wallet: Wallet,
    store: Store,
    amount: Money,
    proof: Proof,
    at: datetime,
) -> None:
    """Refuse what the rules refuse of a payment that was measured.

    Raises:
        StepUpRequired, RiskRefused: as for ``screen``.

    """
    verdict = decide(measured, is_stepped_up=proof.means is Means.STEP_UP)
    if not verdict.hits:
        return
    keep = partial(_keep, verdict, wallet, store, amount, at)
    keep()
    refusal: StepUpRequired | RiskRefused
    match verdict.outcome:
        case RiskRule.Outcome.ALLOW:
            return
        case RiskRule.Outcome.STEP_UP:
            refusal = StepUpRequired()
        case RiskRule.Outcome.REFUSE:
            refusal = RiskRefused()
    # The refusal undoes the payment, and what was kept of it; it is kept once more after that.
    refusal.reason, refusal.leaves_behind = verdict.reason, keep
    raise refusal


def _keep(verdict: Verdict, wallet: Wallet, store: Store, amount: Money, at: datetime) -> None:
    with transaction.atomic():
        RiskHit.objects.bulk_create(
            RiskHit(
                rule_id=hit.rule_id,
                wallet=wallet,
                store=store,
                amount_minor=amount.minor,
                currency=amount.currency,
                measured=hit.value or 0,
                verdict=verdict.outcome,
                is_dry_run=hit.is_dry_run,
                happened_at=at,
            )
            for hit in verdict.hits
        )
