"""Where a statement belongs: its account, and the statements before and after it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from merchants.models import HouseAccount, Statement, StatementFile
from merchants.statements import staging
from merchants.statements.checking import Fault, Section


def place(section: Section, file: StatementFile) -> None:
    """Load one statement, or note why it cannot be.

    A statement that is there already, with the same content, is passed over.
    """
    account = _account(section)
    if account is None or section.troubles:
        return
    known = _known(section, account) if section.head.is_booked else None
    if known is not None:
        _compare(section, known)
        return
    if section.head.is_booked:
        _fit_between(section, account)
    if section.troubles:
        return
    statement = _create(section, account, file)
    section.added = staging.load(section, statement)
    if statement.is_booked:
        line, count = staging.on_other_statements(section, statement)
        if count:
            section.note(
                line, Fault.ENTRIES_KNOWN, f"{count} of its entries were on other statements"
            )


def _account(section: Section) -> HouseAccount | None:
    head = section.head
    found = list(HouseAccount.objects.filter(number=head.account))
    account = next((one for one in found if one.currency == head.currency), None)
    if account is None and found:
        message = f"the account is kept in {found[0].currency}, the statement in {head.currency}"
        section.note(head.line, Fault.WRONG_CURRENCY, message)
    elif account is None:
        message = f"the account ..{head.account[-4:]} is none of ours"
        section.note(head.line, Fault.UNKNOWN_ACCOUNT, message)
    return account


def _known(section: Section, account: HouseAccount) -> Statement | None:
    of_day = Statement.objects.filter(
        account=account, is_booked=True, closing_on=section.closing_on
    )
    return of_day.filter(sequence=section.head.sequence).first()


def _compare(section: Section, known: Statement) -> None:
    foot = section.foot
    if foot is None or foot.opening is None or foot.closing is None:
        return
    differs = foot.closing.minor - (known.closing_minor or 0)
    same_opening = foot.opening.minor == known.opening_minor
    if differs or not same_opening or staging.unlike(section, known):
        section.note(
            section.head.line,
            Fault.CONTENT_DIFFERS,
            "this statement was loaded before, with another content",
            differs,
        )
    section.is_known = True


def _fit_between(section: Section, account: HouseAccount) -> None:
    """Compare the balances with those of the neighbours; note a gap between them."""
    foot, on, sequence = section.foot, section.closing_on, section.head.sequence
    if foot is None or foot.opening is None or foot.closing is None:
        return
    booked = Statement.objects.filter(account=account, is_booked=True)
    earlier, later = Q(closing_on__lt=on), Q(closing_on__gt=on)
    if sequence is not None:
        earlier |= Q(closing_on=on, sequence__lt=sequence)
        later |= Q(closing_on=on, sequence__gt=sequence)
    before = booked.filter(earlier).order_by("-closing_on", "-sequence").first()
    if before is not None:
        difference = foot.opening.minor - (before.closing_minor or 0)
        follows = _follows(before.sequence, before.closing_on, sequence, on)
        _join(section, foot.opening.line, difference, follows, f"{before} before it")
    after = booked.filter(later).order_by("closing_on", "sequence").first()
    if after is not None:
        difference = (after.opening_minor or 0) - foot.closing.minor
        follows = _follows(sequence, on, after.sequence, after.closing_on)
        _join(section, foot.closing.line, difference, follows, f"{after} after it")


def _follows(
    first: int | None, first_on: date, second: int | None, second_on: date
) -> bool | None:
    """Tell whether two sequence numbers are neighbours; None where that cannot be told."""
    if first is None or second is None:
        return None
    if second <= first:
        # Numbers begin anew, as each year or month; only the balances can tell.
        return True if second == 1 and second_on.year > first_on.year else None
    return second == first + 1


def _join(section: Section, line: int, difference: int, follows: bool | None, other: str) -> None:  # noqa: FBT001
    if follows and difference:
        message = f"the balance does not join that of {other}"
        section.note(line, Fault.OPENING_DIFFERS, message, difference)
    elif follows is False or difference:
        section.gap = f"something is missing between it and {other} ({difference:+})"


def _create(section: Section, account: HouseAccount, file: StatementFile) -> Statement:
    head, foot = section.head, section.foot
    opening, closing = (foot.opening, foot.closing) if foot is not None else (None, None)
    return Statement.objects.create(
        file=file,
        account=account,
        name=head.name,
        sequence=head.sequence,
        is_booked=head.is_booked,
        opening_minor=opening.minor if opening and head.is_booked else None,
        closing_minor=closing.minor if closing and head.is_booked else None,
        opening_on=section.opening_on,
        closing_on=section.closing_on,
        entry_count=section.count,
        entry_sum_minor=section.sum_minor,
    )
