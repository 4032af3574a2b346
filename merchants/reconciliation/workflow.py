"""What people do about breaks: take them, look into them, propose a posting, and approve it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import connection

from ledger.accounts import open_account
from ledger.models import Category
from ledger.money import Money
from ledger.posting import credit, debit, post
from merchants.access.audits import name_of
from merchants.errors import BreakAboveLimit, BreakState, MatchUnsound, SecondPersonNeeded
from merchants.models import BankLine, Break, BreakResolution, Movement
from merchants.models.bank.matches import REASON_LENGTH
from merchants.onboarding.staff import require_staff
from merchants.reconciliation.matches import join
from merchants.reconciliation.rules import HOME_ZONE
from merchants.refusals import refused_as
from wallet.chart import PROVIDER_FEES, SUSPENSE
from wallet.idempotency import use_case
from wallet.models import User

_State = Break.State
EDGES = {
    (_State.OPEN, "assign"): _State.ASSIGNED,
    (_State.REOPENED, "assign"): _State.ASSIGNED,
    (_State.ASSIGNED, "investigate"): _State.INVESTIGATING,
    (_State.INVESTIGATING, "assign"): _State.ASSIGNED,
    (_State.ASSIGNED, "propose"): _State.PENDING_APPROVAL,
    (_State.INVESTIGATING, "propose"): _State.PENDING_APPROVAL,
    (_State.PENDING_APPROVAL, "approve"): _State.RESOLVED,
    (_State.PENDING_APPROVAL, "reject"): _State.INVESTIGATING,
}
WRITE_OFFS = "expense:write_offs"
# Which accounts a difference may be posted against; any other is refused.
COUNTER_ACCOUNTS: Mapping[str, Category] = MappingProxyType(
    {
        SUSPENSE: Category.LIABILITY,
        PROVIDER_FEES: Category.EXPENSE,
        WRITE_OFFS: Category.EXPENSE,
    }
)
# More than this only somebody with the permission decides about.
LIMITS_MINOR = MappingProxyType({"KRW": 1_000_000, "CNY": 500_000, "USD": 100_000})
LARGE = "merchants.approve_large_breaks"


@use_case
def assign(*, about: Break, owner: User, by: User, reason: str, at: datetime) -> Break:
    """Make a break somebody's.

    Raises:
        NotStaff: not one of our people.
        BreakState: it waits for approval or is resolved.

    """
    require_staff(by)
    require_staff(owner)
    found = _locked(about)
    found.owner = owner
    return _move(found, "assign", by, reason, at)


@use_case
def investigate(*, about: Break, by: User, reason: str, at: datetime) -> Break:
    """Say that a break is being looked into.

    Raises:
        NotStaff: not one of our people.
        BreakState: it is nobody's, or further.

    """
    require_staff(by)
    return _move(_locked(about), "investigate", by, reason, at)


@use_case
def propose(
    *,
    about: Break,
    resolution: Break.Resolution,
    counter_account: str,
    reason: str,
    by: User,
    at: datetime,
) -> BreakResolution:
    """Propose a posting that explains a break; another person approves it.

    Raises:
        NotStaff: not one of our people.
        BreakState: it is nobody's yet, or is resolved.
        MatchUnsound: nothing can be posted for it, or not against this account.

    """
    require_staff(by)
    found = _locked(about)
    if counter_account not in COUNTER_ACCOUNTS:
        raise MatchUnsound("nothing is posted against this account")
    if not found.subject.startswith(("line:", "movement:")) or found.account_id is None:
        raise MatchUnsound("it ends when its cause does, not by a posting")
    if not reason.strip() or resolution == Break.Resolution.MATCHED:
        raise MatchUnsound("say what it was and why")
    _move(found, "propose", by, reason, at)
    return BreakResolution.objects.create(
        about=found,
        resolution=resolution,
        counter_account=counter_account,
        reason=reason,
        maker=by,
        made_at=at,
    )


@use_case
def approve(*, proposal: BreakResolution, by: User, at: datetime) -> Break:
    """Post what another person proposed; the break is resolved.

    Raises:
        NotStaff: not one of our people.
        SecondPersonNeeded: the same person proposed it.
        BreakAboveLimit: the amount is more than this person may decide about.
        BreakState: it was decided, or explained meanwhile.

    """
    given, found = _open_proposal(proposal, by)
    limit = LIMITS_MINOR.get(found.currency, 0)
    if abs(found.amount_minor) > limit and not by.has_perm(LARGE):
        raise BreakAboveLimit
    given.state, given.checker, given.decided_at = BreakResolution.State.APPROVED, by, at
    given.transaction_id = _post(given, found, at)
    given.save()
    found.resolution = given.resolution
    found.resolved_on = at.astimezone(HOME_ZONE).date()
    return _move(found, "approve", by, given.reason, at)


@use_case
def reject(*, proposal: BreakResolution, by: User, reason: str, at: datetime) -> Break:
    """Turn a proposal down; the break is looked into again.

    Raises:
        NotStaff: not one of our people.
        SecondPersonNeeded: the same person proposed it.
        BreakState: it was decided, or explained meanwhile.

    """
    given, found = _open_proposal(proposal, by)
    given.state, given.checker, given.decided_at = BreakResolution.State.REJECTED, by, at
    given.save()
    return _move(found, "reject", by, reason, at)


def _open_proposal(proposal: BreakResolution, by: User) -> tuple[BreakResolution, Break]:
    require_staff(by)
    found = _locked(proposal.about)
    given = BreakResolution.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if given.state != BreakResolution.State.PROPOSED:
        raise BreakState(found.state)
    if given.maker_id == by.pk:
        raise SecondPersonNeeded
    return given, found


def _post(given: BreakResolution, found: Break, at: datetime) -> int:
    """Post the missing entry of a line, or take back that of a movement; and match the two."""
    if found.account is None:
        raise MatchUnsound("it is of no account")
    kind, _, subject_id = found.subject.partition(":")
    amount = found.amount_minor if kind == "line" else -found.amount_minor
    counter = open_account(
        code=given.counter_account,
        currency=found.currency,
        category=COUNTER_ACCOUNTS[given.counter_account],
    )
    money = Money(abs(amount), found.currency)
    bank = found.account.ledger_account_id
    legs = [debit(bank, money), credit(counter, money)]
    if amount < 0:
        legs = [debit(counter, money), credit(bank, money)]
    posted = post(
        kind="RECONCILIATION",
        reference=f"break_resolution:{given.pk}",
        legs=legs,
        effective_at=at,
        description=given.reason,
    )
    made = _expected(given, found, amount, posted.transaction_id, at)
    with refused_as(_Meanwhile, "merchants_line_claimed_once"):
        if kind == "line":
            lines, movements = [_line(subject_id)], [made]
        else:
            lines, movements = [], [made, Movement.objects.get(pk=subject_id)]
        if sum(m.amount_minor for m in movements) != sum(b.amount_minor for b in lines):
            raise _Meanwhile
        join(
            lines=lines,
            movements=movements,
            actor=name_of(given.maker),
            reason=given.reason,
            at=at,
        )
    return posted.transaction_id


class _Meanwhile(MatchUnsound):
    def __init__(self) -> None:
        super().__init__("it was explained meanwhile")


def _line(pk: str) -> BankLine:
    return BankLine.objects.select_related("statement").get(pk=pk)


_ENTRY = "SELECT id FROM ledger_entry WHERE transaction_id = %s AND account_id = %s"


def _expected(
    given: BreakResolution, found: Break, amount: int, transaction_id: int, at: datetime
) -> Movement:
    if found.account is None:
        raise MatchUnsound("it is of no account")
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, [transaction_id, found.account.ledger_account_id])
        (entry_id,) = cursor.fetchone()
    return Movement.objects.create(
        account=found.account,
        kind="RECONCILIATION",
        source_id=str(given.pk),
        entry_id=entry_id,
        amount_minor=amount,
        currency=found.currency,
        expected_on=at.astimezone(HOME_ZONE).date(),
    )


_WHO = """
    SELECT set_config('jigap.actor', %s, TRUE), set_config('jigap.reason', %s, TRUE),
        set_config('jigap.at', %s, TRUE)
"""


def _locked(about: Break) -> Break:
    rows = Break.objects.select_related("account").select_for_update(of=("self",))
    return rows.get(pk=about.pk)


def _move(found: Break, event: str, by: User, reason: str, at: datetime) -> Break:
    state = EDGES.get((_State(found.state), event))
    if state is None:
        raise BreakState(found.state)
    found.state = state
    with connection.cursor() as cursor:
        # The trigger that notes each step reads who acts, and why.
        cursor.execute(_WHO, [name_of(by), reason[:REASON_LENGTH], at.isoformat()])
    found.save()
    return found
