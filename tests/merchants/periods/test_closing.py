"""Closing a month: one person asks, another one decides, and the book keeps to it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.errors import PeriodSoftClosed
from ledger.models import Period, PeriodChange, PeriodPermit
from ledger.money import Money
from merchants import periods
from merchants.errors import (
    NotStaff,
    PeriodMonthInvalid,
    PeriodRequestDecided,
    PeriodRequestOpen,
    PeriodRightMissing,
    PeriodUnfinished,
    SecondPersonNeeded,
    SeenOther,
)
from merchants.models import PeriodRequest, Store
from merchants.payouts import adjustments
from tests.ledger.sql import refused
from tests.merchants.cast import DOYUN, MINJI, SENA, newcomer, refused_by
from wallet.models import User

MONTH = "2026-02"
INSIDE = datetime(2026, 2, 28, 14, 59, 59, tzinfo=UTC)
_Action = PeriodRequest.Action


@pytest.fixture(autouse=True)
def _rights(db: None, sena: User, doyun: User) -> None:
    for user in (sena, doyun):
        rights = Permission.objects.filter(codename__in=["close_periods", "permit_postings"])
        user.user_permissions.set(rights)


def asked(by: User, action: str = _Action.SOFT_CLOSE, reference: str = "") -> PeriodRequest:
    return periods.ask(
        month=MONTH,
        action=action,
        reason="month end",
        by=by,
        at=timezone.now(),
        reference=reference,
    )


def approved(request: PeriodRequest, by: User) -> PeriodRequest:
    seen = periods.seen_of(request)
    return periods.approve(request=request, seen=seen, by=by, at=timezone.now())


def test_a_month_ends_at_midnight_where_finance_is_at_home() -> None:
    assert periods.ends_at("2026-02") == datetime(2026, 2, 28, 15, tzinfo=UTC)
    assert periods.ends_at("2027-12") == datetime(2027, 12, 31, 15, tzinfo=UTC)
    assert periods.first_day("2028-02") == date(2028, 2, 1)


@pytest.mark.parametrize(
    "month",
    [
        "2026-13",
        "2026-2",
        "2026-02-30",
        "x",
        "",
        "9999-12",
        "\uff12\uff10\uff12\uff16-02",
        "2026-02\x00",
    ],
)
def test_a_month_that_is_none_is_refused(sena: User, month: str) -> None:
    with pytest.raises(PeriodMonthInvalid):
        periods.ask(month=month, action=_Action.LOCK, reason="x", by=sena, at=timezone.now())


def test_a_correction_goes_into_a_soft_closed_month_by_permit_only(
    corner_shop: Store, sena: User, doyun: User
) -> None:
    approved(asked(sena), doyun)
    assert Period.objects.get().state == "SOFT_CLOSED"

    wanted = adjustments.request(
        merchant=corner_shop.merchant,
        amount=Money(500, "KRW"),
        reason="missed in February",
        by=sena,
        at=INSIDE,
    )
    seen = adjustments.seen_of(wanted)
    with pytest.raises(PeriodSoftClosed):
        adjustments.approve(adjustment=wanted, seen=seen, by=doyun, at=INSIDE)

    approved(asked(doyun, _Action.PERMIT, f"adjustment:{wanted.pk}"), sena)
    done = adjustments.approve(adjustment=wanted, seen=seen, by=doyun, at=INSIDE)
    assert done.state == "APPROVED"

    approved(asked(sena, _Action.REOPEN), doyun)
    assert Period.objects.get().state == "OPEN"
    changes = PeriodChange.objects.order_by("pk").values_list("state", "maker", "checker")
    people = (f"user:{sena.pk}", f"user:{doyun.pk}")
    assert list(changes) == [("SOFT_CLOSED", *people), ("OPEN", *people)]
    assert PeriodPermit.objects.get().maker == f"user:{doyun.pk}"


def test_whoever_asks_does_not_decide_and_decides_what_was_shown(sena: User, doyun: User) -> None:
    request = asked(sena)
    with pytest.raises(SecondPersonNeeded):
        approved(request, sena)
    with pytest.raises(SeenOther):
        periods.approve(request=request, seen="0" * 64, by=doyun, at=timezone.now())
    with pytest.raises(PeriodRequestOpen):
        asked(doyun)
    periods.reject(request=request, by=doyun, at=timezone.now())
    with pytest.raises(PeriodRequestDecided):
        approved(request, doyun)
    assert not Period.objects.exists()


def test_closing_is_a_right_of_its_own(sena: User, doyun: User) -> None:
    request = asked(sena)
    doyun.user_permissions.clear()
    doyun = User.objects.get(pk=doyun.pk)
    with pytest.raises(PeriodRightMissing):
        approved(request, doyun)
    with pytest.raises(PeriodRightMissing):
        asked(doyun, _Action.LOCK)
    with pytest.raises(NotStaff):
        asked(newcomer(MINJI).holder)


def test_a_month_with_an_unexplained_day_is_not_locked(
    sena: User, doyun: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(asked(sena), doyun)
    request = asked(sena, _Action.LOCK)
    found = {"closing_runs": 0, "unexplained_days": 1, "open_breaks": 3}
    monkeypatch.setattr(periods, "standing_of", lambda _: found)
    with pytest.raises(PeriodUnfinished) as refusal:
        approved(request, doyun)
    assert refusal.value.unexplained_days == 1


def test_a_request_stays_as_it_was_asked_and_decided(sena: User, doyun: User) -> None:
    request = asked(sena)
    rows = PeriodRequest.objects.filter(pk=request.pk)
    with refused_by("merchants_period_request_final"):
        rows.update(reason="another")
    with refused_by("merchants_period_request_two_persons"):
        rows.update(state="APPROVED", decided_by=sena, decided_at=INSIDE, approved_digest="0" * 64)
    with refused_by("merchants_period_request_approved_as_seen"):
        rows.update(state="APPROVED", decided_by=doyun, decided_at=INSIDE)
    with refused_by("merchants_period_request_says_what_and_why"):
        PeriodRequest.objects.create(
            month=MONTH, action="PERMIT", reason="x", requested_by=sena, requested_at=INSIDE
        )
    assert refused("DELETE FROM merchants_periodrequest") == "ledger_append_only"
    approved(request, doyun)
    with refused_by("merchants_period_request_final"):
        rows.update(state="REJECTED")


def test_the_command_asks_shows_and_approves(sena: User, doyun: User) -> None:
    def told(*words: str) -> str:
        out = io.StringIO()
        call_command("periods", *words, stdout=out)
        return out.getvalue()

    text = told("soft-close", MONTH, "--reason", "month end", "--by", SENA)
    number = str(PeriodRequest.objects.get().pk)
    digest = text.rsplit("digest: ", 1)[1].strip()
    assert told("show", number) == text
    with pytest.raises(CommandError, match="second_person_needed"):
        told("approve", number, "--seen", digest, "--by", SENA)
    told("approve", number, "--seen", digest, "--by", DOYUN)
    assert told("list") == f"{MONTH} SOFT_CLOSED\n"
    told("reopen", MONTH, "--reason", "an invoice is missing", "--by", DOYUN)
    told("reject", str(PeriodRequest.objects.latest("pk").pk), "--by", SENA)
    with pytest.raises(CommandError, match="period_month_invalid"):
        told("lock", "2026-02-30", "--reason", "x", "--by", SENA)
