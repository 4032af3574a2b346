"""Codes in text messages: one newest code, five guesses, one use, few messages."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.wallet.people import ALICE, BOB
from tests.wallet.sms import SENT, code_sent
from wallet.errors import CodeNotSent, TooManyCodes, WrongCode
from wallet.models import OneTimeCode
from wallet.notices.senders import Attempt, Outcome, Outgoing
from wallet.proof.one_time_codes import LIFETIME, MAX_FAILURES, check, prune, send

NOW = timezone.now()
SECOND = timedelta(seconds=1)


def ask(phone: str = ALICE, at: timedelta = timedelta(), subject: str = "") -> str:
    send(phone=phone, purpose="SIGN_UP", subject=subject, at=NOW + at)
    return code_sent(phone)


def use(code: str, *, at: timedelta = SECOND, subject: str = "", used_by: str = "") -> None:
    check(phone=ALICE, purpose="SIGN_UP", code=code, subject=subject, used_by=used_by, at=NOW + at)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.django_db
def test_a_code_is_used_once_but_by_the_same_request_again() -> None:
    code = ask()
    use(code, used_by="key-1")
    use(code, used_by="key-1")
    for by in ("key-2", ""):
        with pytest.raises(WrongCode):
            use(code, used_by=by)


@pytest.mark.django_db
def test_five_wrong_guesses_end_a_code() -> None:
    code = ask()
    for _ in range(MAX_FAILURES):
        with pytest.raises(WrongCode):
            use(other(code))
    with pytest.raises(WrongCode):
        use(code)
    fresh = ask(at=31 * SECOND)
    use(fresh, at=32 * SECOND)


@pytest.mark.django_db
def test_only_the_newest_code_counts_for_its_phone_purpose_and_subject() -> None:
    old = ask()
    new = ask(at=31 * SECOND)
    if old != new:
        with pytest.raises(WrongCode):
            use(old, at=32 * SECOND)
    with pytest.raises(WrongCode):
        use(new, at=32 * SECOND, subject="another")
    with pytest.raises(WrongCode):
        check(phone=BOB, purpose="SIGN_UP", code=new, at=NOW + 32 * SECOND)
    use(new, at=32 * SECOND)


@pytest.mark.django_db
def test_a_code_is_good_for_five_minutes() -> None:
    code = ask()
    with pytest.raises(WrongCode):
        use(code, at=LIFETIME)
    use(code, at=LIFETIME - SECOND)


@pytest.mark.django_db
def test_codes_are_kept_hashed_and_removed_when_they_count_for_nothing() -> None:
    code = ask()
    assert code.encode() not in bytes(OneTimeCode.objects.get().hashed)
    assert (prune(at=NOW + timedelta(days=1)), prune(at=NOW + timedelta(days=3))) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "sent"),
    [((0, 0.4), 1), ((0, 1, 2, 3, 4, 5), 5), (tuple(range(0, 1200, 60)), 10)],
)
def test_few_messages_are_sent_to_one_telephone(minutes: tuple[float, ...], sent: int) -> None:
    before = len(SENT[ALICE])
    for minute in minutes:
        with suppress(TooManyCodes):
            ask(at=timedelta(minutes=minute))
    assert len(SENT[ALICE]) - before == sent
    ask(BOB)


@pytest.mark.django_db(transaction=True)
def test_of_many_messages_asked_for_at_once_one_is_sent() -> None:
    before = len(SENT[ALICE])

    def act(_: int) -> str:
        try:
            ask()
        except TooManyCodes as exc:
            return exc.code
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(act, range(8))) == ["sent"] + ["too_many_codes"] * 7
    assert len(SENT[ALICE]) - before == 1


@pytest.mark.django_db(transaction=True)
def test_of_sixty_four_uses_at_once_one_succeeds() -> None:
    code = ask()
    barrier = threading.Barrier(64)

    def act(number: int) -> bool:
        barrier.wait()
        try:
            use(code, used_by=f"key-{number}")
        except WrongCode:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(64) as pool:
        assert sum(pool.map(act, range(64))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_is_not_checked_where_the_count_could_be_undone() -> None:
    code = ask()
    with pytest.raises(RuntimeError), transaction.atomic():
        use(code)


class Silent:
    def send(self, outgoing: Outgoing, *, at: object) -> Attempt:  # noqa: ARG002
        return Attempt(Outcome.LATER, "no operator")


@pytest.mark.django_db
def test_a_message_the_operator_does_not_take_is_said(settings: object) -> None:
    settings.NOTICE_SENDERS = {"SMS": f"{__name__}.Silent"}  # type: ignore[attr-defined]
    with pytest.raises(CodeNotSent):
        send(phone=ALICE, purpose="SIGN_UP", at=NOW)
