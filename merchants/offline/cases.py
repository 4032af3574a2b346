"""Cases: what a telephone signed and may not have, and what of it is its holder's debt.

Vouchers prove it whatever order they arrive in: two of one counter, more than the allowance, or
sums that contradict each other. Whoever uploads pays the store and opens the case; a job books the
holder's debt afterwards, under the wallet's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby, pairwise

from django.db.models import F

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit
from merchants.models import Allowance, OfflineCase, Voucher
from wallet.chart import OFFLINE_LOSS
from wallet.events import record_all
from wallet.idempotency import use_case
from wallet.models import Device
from wallet.wallets import lock
from wallet.wallets.debts import freeze, owe, owed

Kind = OfflineCase.Kind
Line = tuple[int, int, int]  # counter, amount, cumulative


def proved(lines: Sequence[Line], *, loaded: int) -> list[str]:
    """Return what the vouchers of an allowance prove, taken together; mostly nothing.

    Args:
        lines: counter, amount and cumulative sum of each voucher, in order of the counter.
        loaded: the allowance, in minor units.

    """
    kinds = []
    if len({counter for counter, _, _ in lines}) < len(lines):
        kinds.append(Kind.COUNTER_TWICE.value)
    elif any(_differ(earlier, later) for earlier, later in pairwise(lines)):
        kinds.append(Kind.SUMS_DIFFER.value)
    if sum(amount for _, amount, _ in lines) > loaded:
        kinds.append(Kind.OVERSPENT.value)
    return kinds


def open_cases(allowances: Iterable[Allowance], *, at: datetime) -> None:
    """Open or add to the cases of locked allowances, whose vouchers are written.

    The allowance and the device are worth nothing from now, and stand in the list of the revoked.
    """
    by_pk = {allowance.pk: allowance for allowance in allowances}
    rows = Voucher.objects.filter(allowance_id__in=by_pk).exclude(state=Voucher.State.LATE)
    columns = rows.order_by("allowance_id", "counter", "digest").values_list(
        "allowance_id", "counter", "amount_minor", "cumulative_minor", "loss_minor"
    )
    for pk, group in groupby(columns, key=lambda row: row[0]):
        found = list(group)
        kinds = proved([row[1:4] for row in found], loaded=by_pk[pk].loaded_minor)
        if kinds:
            _open(by_pk[pk], kinds, sum(row[4] for row in found), at)


def book_due(*, at: datetime) -> int:
    """Book what we lost as the debt of who caused it, each case by itself; return how many."""
    due = OfflineCase.objects.filter(loss_minor__gt=F("booked_minor"))
    return sum(
        _book(pk=pk, at=at) for pk in due.order_by("opened_at").values_list("pk", flat=True)
    )


@use_case
def _book(*, pk: int, at: datetime) -> bool:
    wallet = OfflineCase.objects.select_related("allowance__wallet").get(pk=pk).allowance.wallet
    (wallet,) = lock(wallet)
    found = OfflineCase.objects.select_for_update(no_key=True).get(pk=pk)
    amount = Money(found.loss_minor - found.booked_minor, wallet.currency)
    if amount.minor == 0:
        return False
    found.booked_minor = found.loss_minor
    found.save(update_fields=["booked_minor"])
    owe(
        wallet,
        amount,
        credits=[credit(account_id(OFFLINE_LOSS, amount.currency), amount)],
        kind="OFFLINE_DEBT",
        reference=f"offline_case:{found.public_id}:{found.booked_minor}",
        at=at,
    )
    if owed(wallet).minor > 0:
        freeze(wallet, at=at)
    return True


@use_case
def close_case(*, case: OfflineCase, note: str, actor: str, at: datetime) -> OfflineCase:
    """Close a case; its holder may have allowances again. A second time changes nothing."""
    found = OfflineCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    if found.closed_at is None:
        found.closed_at, found.closed_by, found.note = at, actor, note
        found.save(update_fields=["closed_at", "closed_by", "note"])
    return found


def _differ(earlier: Line, later: Line) -> bool:
    """Tell whether two vouchers contradict each other, whatever came between them."""
    before = later[2] - later[1]
    return before != earlier[2] if later[0] == earlier[0] + 1 else before < earlier[2]


def _open(allowance: Allowance, kinds: list[str], loss_minor: int, at: datetime) -> None:
    case, is_new = OfflineCase.objects.get_or_create(
        allowance=allowance,
        defaults={"kinds": kinds, "loss_minor": loss_minor, "opened_at": at},
    )
    if not is_new:
        case.kinds, case.loss_minor = kinds, loss_minor
        case.save(update_fields=["kinds", "loss_minor"])
        return
    if allowance.state in {Allowance.State.ACTIVE, Allowance.State.ENDED}:
        allowance.state, allowance.ended_at = Allowance.State.FROZEN, allowance.ended_at or at
        allowance.save(update_fields=["state", "ended_at"])
    Device.objects.filter(pk=allowance.device_id, revoked_at=None).update(revoked_at=at)
    facts: dict[str, object] = {"allowance_id": str(allowance.public_id)}
    record_all([(allowance.wallet, "offline.frozen", facts)], at=at)
