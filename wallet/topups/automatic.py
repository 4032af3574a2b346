"""Topping up by itself when a wallet holds less than its holder wants.

A job looks for such wallets; a payment never waits for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from ledger.errors import CurrencyMismatch, InvalidAmount
from ledger.money import Money
from wallet.errors import LimitExceeded
from wallet.idempotency import use_case
from wallet.models import AutoTopUp, Provider, TopUp, Wallet
from wallet.topups.asking import write
from wallet.topups.telling import tell
from wallet.wallets import lock

BATCH = 100
DAY = timedelta(hours=24)


@use_case
def set_rule(
    *,
    wallet: Wallet,
    threshold: Money,
    amount: Money,
    daily_ceiling: Money,
    enabled: bool,
    at: datetime,
) -> AutoTopUp:
    """Set a wallet's rule; a paused one starts anew, with its failures forgotten.

    Raises:
        CurrencyMismatch: an amount is in another currency than the wallet.
        InvalidAmount: not even one top-up fits under the daily ceiling.

    """
    for money in (threshold, amount, daily_ceiling):
        if money.currency != wallet.currency:
            raise CurrencyMismatch(wallet.currency, money.currency)
    if daily_ceiling < amount:
        raise InvalidAmount("the daily ceiling is less than one top-up")
    rule, _ = AutoTopUp.objects.update_or_create(
        wallet=wallet,
        defaults={
            "threshold_minor": threshold.minor,
            "amount_minor": amount.minor,
            "daily_ceiling_minor": daily_ceiling.minor,
            "currency": wallet.currency,
            "provider": Provider.CARD,
            "enabled": enabled,
            "set_at": at,
            "paused_at": None,
        },
    )
    return rule


def run(*, at: datetime) -> int:
    """Ask once for each wallet that is below its threshold; return how many were asked for."""
    asked, last, answers = 0, 0, True
    # One pass: a top-up that fails at once is not asked for again before the next run.
    while found := list(_due(at).filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        for pk in found:
            top_up = ask_by_rule(rule_id=pk, at=at)
            if top_up is not None:
                # A bank that is down is told by the poll, once it is up.
                answers = answers and tell(top_up=top_up, at=at)
                asked += 1
        last = found[-1]
    return asked


@use_case
def ask_by_rule(*, rule_id: int, at: datetime) -> TopUp | None:
    """Ask for what a rule wants, if it still wants it; None when there is nothing to ask for.

    Whoever runs at the same time skips the locked rule, or finds the top-up of this one pending.
    """
    rules = AutoTopUp.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    rule = rules.filter(pk=rule_id).select_related("wallet").first()
    if rule is None:
        return None
    (wallet,) = lock(rule.wallet)
    if not _due(at).filter(pk=rule_id).exists():
        return None
    try:
        return write(wallet, rule.amount, rule.provider, at, rule)
    except LimitExceeded:
        return None  # No room for it in the wallet now; a later run looks again.


def _due(at: datetime) -> QuerySet[AutoTopUp]:
    """Return the rules whose wallets are low, with nothing on its way and the ceiling not met."""
    account = "wallet__available_account__"
    mine = TopUp.objects.filter(auto_top_up=OuterRef("pk"))
    today = mine.exclude(status=TopUp.Status.FAILED).filter(asked_at__gt=at - DAY)
    sums = today.order_by().values("auto_top_up").annotate(total=Sum("amount_minor"))
    full = sums.filter(total__gt=OuterRef("daily_ceiling_minor") - OuterRef("amount_minor"))
    pending = TopUp.objects.filter(wallet=OuterRef("wallet"), status=TopUp.Status.PENDING)
    low = F(account + "balance_minor") * F(account + "normal_sign")
    return (
        AutoTopUp.objects.annotate(holds=low)
        .filter(enabled=True, wallet__status=Wallet.Status.OPEN)
        .filter(holds__lt=F("threshold_minor"))
        .exclude(Exists(pending))
        .exclude(Exists(full))
        .order_by("pk")
    )
