"""Handles, names and the check before money is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.threads import all_at_once
from tests.wallet.people import ALICE, BOB, Caller, won
from tests.wallet.transfers.cast import CAROL, NOON
from wallet.errors import HandleTaken, TooManyLookups, UnreadableText
from wallet.models import PayeeMisses, Profile, Wallet
from wallet.texts import clean_text
from wallet.transfers import payees
from wallet.transfers.names import mask_name, mask_phone
from wallet.transfers.profiles import set_profile


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김민지", "김*지"),
        ("김 민지", "김*지"),
        ("김철", "김*"),
        ("남궁민수", "남**수"),
        ("김", "*"),
        ("Mary Kim", "M*** K**"),
        ("J Kim", "* K**"),
        ("Kim민지", "K****"),
    ],
)
def test_a_masked_name_shows_enough_to_check(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=40))
def test_a_masked_name_is_as_long_and_hides_something(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert "*" in masked


@pytest.mark.parametrize(
    ("phone", "masked"), [(ALICE, "+82********78"), ("+12025550123", "+1********23")]
)
def test_a_masked_phone_keeps_its_country_and_two_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    "text",
    [
        "a\u202eb",  # right-to-left override
        "a\u2066b",  # isolate
        "a\u200bb",  # zero-width space
        "a\u200db",  # joiner
        "a\ufeffb",  # byte order mark
        "a\u3164b",  # Hangul filler
        "a\ufe0fb",  # variation selector
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\u2028b",
        "\ud800",
        "\ue000",
    ],
)
def test_text_that_cannot_be_seen_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText):
        clean_text(text, most=40)


def test_text_is_composed_and_its_spaces_are_plain() -> None:
    assert clean_text(" 김\u00a0\u00a0민지 ", most=40) == "김 민지"
    assert clean_text("\u1100\u1161", most=1) == "가"
    with pytest.raises(UnreadableText):
        clean_text("\u0958", most=1)  # two characters in NFC


@given(st.text(max_size=50))
def test_cleaned_text_is_clean(text: str) -> None:
    try:
        cleaned = clean_text(text, most=100)
    except UnreadableText:
        return
    assert clean_text(cleaned, most=100) == cleaned


@pytest.mark.django_db
def test_a_person_sets_a_handle_and_a_name(alice: Wallet) -> None:
    caller = Caller(alice)
    assert caller.get("/profile").json() == {"handle": None, "display_name": ""}
    answer = caller.put("/profile", {"handle": "@Minji_Kim", "display_name": "김민지"})
    assert (answer.status_code, answer.json()["handle"]) == (200, "minji_kim")
    assert caller.put("/profile", {"display_name": "민지"}).json() == {
        "handle": "minji_kim",
        "display_name": "민지",
    }
    assert caller.get("/profile").json()["display_name"] == "민지"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"handle": "ab"}, 400, "invalid_handle"),
        ({"handle": "a" * 21}, 400, "invalid_handle"),
        ({"handle": "minji kim"}, 400, "invalid_handle"),
        ({"handle": "minjі"}, 400, "invalid_handle"),  # noqa: RUF001 - a Cyrillic letter.
        ({"handle": "\u212aim"}, 400, "invalid_handle"),  # the Kelvin sign
        ({"handle": "Support"}, 400, "invalid_handle"),
        ({"handle": "_jigap_"}, 400, "invalid_handle"),
        ({"handle": "MARY"}, 409, "handle_taken"),
        ({"display_name": "   "}, 400, "invalid_request"),
        ({"display_name": "x" * 41}, 400, "invalid_request"),
        ({"display_name": "a\u202eb"}, 400, "invalid_request"),
    ],
)
def test_a_bad_profile_is_refused_and_changes_nothing(
    alice: Wallet, named: None, body: dict[str, str], status: int, code: str
) -> None:
    answer = Caller(alice).put("/profile", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    kept = Profile.objects.get(user=alice.holder)
    assert (kept.handle, kept.display_name) == ("minji_kim", "김민지")


@pytest.mark.django_db
def test_the_database_refuses_a_handle_that_is_not_plain(alice: Wallet) -> None:
    with pytest.raises(IntegrityError, match="wallet_profile_handle_plain"), transaction.atomic():
        Profile.objects.create(user=alice.holder, handle="Minji")


def look_up(caller: Caller, **payee: str) -> Any:
    return caller.post("/payees/lookup", payee)


@pytest.mark.django_db
@pytest.mark.parametrize("payee", [{"phone": BOB}, {"handle": "@Mary"}, {"handle": "mary"}])
def test_a_lookup_shows_a_masked_name(alice: Wallet, named: None, payee: dict[str, str]) -> None:
    assert look_up(Caller(alice), **payee).json() == {
        "person": {"name": "M*** K**", "phone": "+82********21"},
        "has_wallet": True,
    }


@pytest.mark.django_db
def test_somebody_unknown_is_answered_in_the_same_shape_at_the_same_cost(
    alice: Wallet, named: None, django_assert_num_queries: Any
) -> None:
    caller = Caller(alice)
    look_up(caller, phone=BOB)
    for payee in ({"phone": BOB}, {"phone": CAROL}, {"handle": "mary"}, {"handle": "nobody1"}):
        with django_assert_num_queries(6):
            answer = look_up(caller, **payee)
        assert (answer.status_code, set(answer.json())) == (200, {"person", "has_wallet"})
    assert look_up(caller, phone=CAROL).json() == {
        "person": {"name": None, "phone": "+82********00"},
        "has_wallet": False,
    }
    assert look_up(caller, phone=BOB, currency="USD").json()["has_wallet"] is False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [{}, {"phone": BOB, "handle": "mary"}, {"phone": BOB, "currency": "XXX"}]
)
def test_a_lookup_names_one_person_and_a_currency(alice: Wallet, body: dict[str, str]) -> None:
    answer = look_up(Caller(alice), **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.django_db
def test_guessing_ends_after_thirty_misses_whichever_way_one_asks(
    alice: Wallet, bob: Wallet
) -> None:
    user = alice.holder
    for number in range(payees.MISSES_A_DAY):
        payees.look_up(user=user, payee=BOB, currency="KRW", at=NOON)
        payees.look_up(user=user, payee=f"+8210777700{number:02}", currency="KRW", at=NOON)
    with pytest.raises(TooManyLookups):
        payees.look_up(user=user, payee=BOB, currency="KRW", at=NOON)
    with pytest.raises(TooManyLookups):
        payees.find_payee(payee=BOB, asker=alice, at=NOON)
    tomorrow = NOON + timedelta(days=1)
    assert payees.look_up(user=user, payee=BOB, currency="KRW", at=tomorrow).has_wallet
    assert payees.look_up(user=bob.holder, payee=ALICE, currency="KRW", at=NOON).has_wallet


@pytest.mark.django_db
def test_a_transfer_to_nobody_is_a_guess_too_and_its_repetition_is_not(
    alice: Wallet, bob: Wallet
) -> None:
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/transfers"
    for _ in range(2):
        answer = caller.post(path, {"phone": CAROL, "amount": won("1")}, "one")
        assert answer.json()["code"] == "unknown_recipient"
    assert PayeeMisses.objects.get(user=alice.holder).misses == 1
    assert caller.post(path, {"phone": BOB, "amount": won("1")}).status_code == 201
    assert PayeeMisses.objects.get(user=alice.holder).misses == 1


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["transfers", "claims", "money-requests", "scheduled-transfers"])
def test_after_too_many_guesses_only_those_paid_before_are_found(
    alice: Wallet, bob: Wallet, where: str
) -> None:
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/{where}"
    body = {"amount": won("1")} | ({"delay_seconds": 60} if where.startswith("sched") else {})
    PayeeMisses.objects.create(
        user=alice.holder, day=timezone.now().date(), misses=payees.MISSES_A_DAY
    )
    for phone in (BOB, CAROL):
        answer = caller.post(path, {**body, "phone": phone})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_lookups")
    PayeeMisses.objects.update(misses=0)
    paid = f"/wallets/{alice.public_id}/transfers", {"phone": BOB, "amount": won("1")}, "one"
    assert caller.post(*paid).status_code == 201
    PayeeMisses.objects.update(misses=payees.MISSES_A_DAY)
    assert caller.post(*paid)["Idempotency-Replayed"] == "true"
    answer = caller.post(path, {**body, "phone": BOB})
    assert answer.status_code == (429 if where == "claims" else 201)


@pytest.mark.django_db(transaction=True)
def test_sixteen_guesses_at_once_are_all_counted(alice: Wallet) -> None:
    payees.look_up(user=alice.holder, payee=CAROL, currency="KRW", at=NOON)
    PayeeMisses.objects.update(misses=payees.MISSES_A_DAY - 4)

    def guess(number: int) -> bool:
        try:
            payees.look_up(
                user=alice.holder, payee=f"+8210666600{number:02}", currency="KRW", at=NOON
            )
        except TooManyLookups:
            return False
        return True

    assert sum(all_at_once(guess)) == 4


@pytest.mark.django_db(transaction=True)
def test_one_of_two_who_want_a_handle_at_once_gets_it(alice: Wallet, bob: Wallet) -> None:
    people = (alice.holder, bob.holder)

    def want(number: int) -> bool:
        try:
            set_profile(user=people[number], handle="sunny", display_name=None)
        except HandleTaken:
            return False
        return True

    assert sum(all_at_once(want, threads=2)) == 1
    assert connection.in_atomic_block is False
