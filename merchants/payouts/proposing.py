"""Proposing a run: what is due becomes payouts, one for each merchant, and leaves what is payable.

Settlements whose payout failed are paid anew, by a payout of their own, once the merchant has
another account or a person released them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from ledger.money import Money
from ledger.posting import Item, credit, debit, post_many
from merchants.models import Payout, PayoutRun, Settlement
from merchants.onboarding.staff import require_staff
from merchants.payouts.holds import (
    Accounts,
    accounts_of,
    cooling,
    is_manual,
    move,
    reason_to_hold,
)
from merchants.payouts.numbers import FILE, PAYOUT, new_numbers
from merchants.states import PayoutState, SettlementState
from wallet.idempotency import use_case
from wallet.models import User

MOST_PAYOUTS = 10_000  # in one file
_BATCH = 1_000
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('merchants.payouts.propose'))"
_PAID_BY = """
    UPDATE merchants_settlement AS s SET payout_id = u.payout_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS u (settlement_id, payout_id)
    WHERE s.id = u.settlement_id
"""
_POSTED = """
    UPDATE merchants_payout AS p SET transaction_id = u.transaction_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS u (payout_id, transaction_id)
    WHERE p.id = u.payout_id
"""

# A merchant, and the payout that is made anew, if any.
Group = tuple[int, int | None]


@use_case
def propose(
    *,
    currency: str,
    due_on: date,
    at: datetime,
    by: User | None = None,
    version: str = PayoutRun.Version.V09,
) -> PayoutRun | None:
    """Make payouts of what is due by a day, and put what cannot be paid on hold with the reason.

    Whoever proposes has made the run; without anybody (a job), the first who signs has.

    Returns:
        The run; None when nothing is due that may be paid.

    Raises:
        NotStaff: not one of our people.

    """
    if by is not None:
        require_staff(by)
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    due = _due(currency, due_on)
    accounts = accounts_of((s.merchant_id for s in due), at)
    payable = _sorted_out(due, accounts, at)
    groups: dict[Group, list[Settlement]] = defaultdict(list)
    for settlement in payable:
        # A payout that failed is made anew by one for the same settlements.
        key = (settlement.merchant_id, settlement.payout_id)
        if key in groups or len(groups) < MOST_PAYOUTS:
            groups[key].append(settlement)
    _save(due)
    if not groups:
        return None
    run = PayoutRun.objects.create(
        number=new_numbers(FILE, 1)[0],
        currency=currency,
        due_on=due_on,
        version=version,
        payout_count=len(groups),
        total_minor=sum(s.payout_minor for group in groups.values() for s in group),
        proposed_at=at,
        maker=by,
        made_at=at if by else None,
    )
    _book(_payouts(run, groups, accounts, at), at)
    return run


def _due(currency: str, due_on: date) -> list[Settlement]:
    found = Settlement.objects.filter(
        Q(payout__isnull=True)
        | Q(payout__state=PayoutState.FUNDS_RESTORED, payout__folded_at__isnull=True),
        currency=currency,
        due_on__lte=due_on,
        state__in=[SettlementState.PAYABLE, SettlementState.HELD],
    )
    rows = found.select_related("merchant", "payout").order_by("pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


def _sorted_out(due: list[Settlement], accounts: Accounts, at: datetime) -> list[Settlement]:
    """Return those that can be paid; in memory, hold and release the others as rules say."""
    cooling_off = cooling((s.merchant_id for s in due), at)
    payable = []
    for settlement in due:
        reason = reason_to_hold(settlement, accounts=accounts, cooling_off=cooling_off)
        if settlement.state == SettlementState.HELD and is_manual(settlement):
            continue
        if reason and settlement.state == SettlementState.HELD:
            settlement.hold_reason = reason
        elif reason:
            move(settlement, "hold", reason=reason)
        else:
            if settlement.state == SettlementState.HELD:
                move(settlement, "release")
            payable.append(settlement)
    return payable


def _save(settlements: list[Settlement]) -> None:
    Settlement.objects.bulk_update(settlements, ["state", "hold_reason"], batch_size=_BATCH)


def _payouts(
    run: PayoutRun, groups: dict[Group, list[Settlement]], accounts: Accounts, at: datetime
) -> list[Payout]:
    numbers = iter(new_numbers(PAYOUT, len(groups)))
    made = Payout.objects.bulk_create(
        (
            Payout(
                number=next(numbers),
                run=run,
                merchant=group[0].merchant,
                bank_account=accounts[merchant_id],
                amount_minor=sum(s.payout_minor for s in group),
                currency=run.currency,
                due_on=run.due_on,
                retry_of_id=retried,
                created_at=at,
            )
            for (merchant_id, retried), group in groups.items()
        ),
        batch_size=_BATCH,
    )
    pairs = [
        (settlement.pk, payout.pk)
        for payout, group in zip(made, groups.values(), strict=True)
        for settlement in group
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PAID_BY, [[pair[0] for pair in pairs], [pair[1] for pair in pairs]])
    return made


def _book(payouts: list[Payout], at: datetime) -> None:
    for start in range(0, len(payouts), _BATCH):
        batch = payouts[start : start + _BATCH]
        outcomes = post_many([_posting(payout, at) for payout in batch])
        posted = []
        for outcome in outcomes:
            if outcome.refusal is not None:
                raise outcome.refusal
            posted += [outcome.posted.transaction_id] if outcome.posted else []
        with connection.cursor() as cursor:
            cursor.execute(_POSTED, [[payout.pk for payout in batch], posted])


def _posting(payout: Payout, at: datetime) -> Item:
    amount = Money(payout.amount_minor, payout.currency)
    merchant = payout.merchant
    legs = [
        debit(merchant.payable_account_id, amount),
        credit(merchant.in_transit_account_id, amount),
    ]
    facts = {"payout": payout.number}
    return Item("PAYOUT", f"payout:{payout.number}", legs, at, metadata=facts)
