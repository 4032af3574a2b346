"""Signing in is throttled in the database; sessions are seen, ended, and end with the password."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.wallet.people import ALICE, BOB, PASSWORD, Caller
from wallet.errors import TooManySignIns, WrongCredentials
from wallet.models import Session, SignInTries, Wallet
from wallet.people import sign_in
from wallet.proof import sign_ins

NOW = timezone.now()
MINUTE = timedelta(minutes=1)
NEW, WRONG = "another battery staple", "not this one"


def try_it(
    password: str = WRONG,
    phone: str = ALICE,
    address: str = "192.0.2.1",
    at: timedelta = timedelta(),
) -> str:
    try:
        sign_in(phone=phone, password=password, address=address, at=NOW + at)
    except (TooManySignIns, WrongCredentials) as exc:
        return exc.code
    return "in"


def token(agent: str = "app/1") -> str:
    answer = Client().post(
        "/api/v1/tokens",
        {"phone": ALICE, "password": PASSWORD},
        content_type="application/json",
        headers={"User-Agent": agent},
    )
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["token"])


def call(method: str, path: str, by: str, body: Any = None) -> Any:
    return Client().generic(
        method,
        f"/api/v1{path}",
        body or b"",
        content_type="application/json",
        headers={"Authorization": f"Token {by}"},
    )


@pytest.mark.django_db
def test_sessions_are_listed_and_ended_one_by_one(alice: Wallet) -> None:
    here, there = token("here"), token("x" * 300)
    listed = call("GET", "/sessions", here).json()
    assert [(each["user_agent"][:4], each["is_current"]) for each in listed] == [
        ("xxxx", False),
        ("here", True),
    ]
    assert call("DELETE", f"/sessions/{listed[0]['id']}", here).status_code == 204
    assert call("GET", "/sessions", there).status_code == 401
    again = call("DELETE", f"/sessions/{listed[0]['id']}", here)
    assert (again.status_code, again.json()["code"]) == (404, "unknown_session")
    assert call("DELETE", f"/sessions/{listed[1]['id']}", here).status_code == 204
    assert call("GET", "/sessions", here).status_code == 401


@pytest.mark.django_db
def test_another_persons_session_is_not_found(alice: Wallet, bob: Wallet) -> None:
    token()
    session = Session.objects.get()
    answer = Caller(bob).client.delete(f"/api/v1/sessions/{session.public_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_session")
    assert Session.objects.count() == 1


@pytest.mark.django_db
def test_all_others_are_ended_at_once(alice: Wallet) -> None:
    here, there = token(), token()
    assert call("DELETE", "/sessions/others", here).status_code == 204
    assert call("GET", "/sessions", here).status_code == 200
    assert call("GET", "/sessions", there).status_code == 401


@pytest.mark.django_db
def test_a_new_password_ends_the_other_sessions(alice: Wallet) -> None:
    here, there = token(), token()
    web = Client()
    web.force_login(alice.holder)
    wrong = call("PUT", "/password", here, f'{{"old": "guess", "new": "{NEW}"}}')
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    weak = call("PUT", "/password", here, f'{{"old": "{PASSWORD}", "new": "12345678"}}')
    assert (weak.status_code, weak.json()["code"]) == (400, "invalid_request")
    assert call("GET", "/sessions", there).status_code == 200
    done = call("PUT", "/password", here, f'{{"old": "{PASSWORD}", "new": "{NEW}"}}')
    assert done.status_code == 204
    assert call("GET", "/sessions", here).status_code == 200
    assert call("GET", "/sessions", there).status_code == 401
    assert try_it(PASSWORD) == "wrong_credentials"
    assert try_it(NEW) == "in"


@pytest.mark.django_db
def test_a_deactivated_person_is_out_at_once(alice: Wallet) -> None:
    here = token()
    alice.holder.is_active = False
    alice.holder.save()
    assert call("GET", "/sessions", here).status_code == 401
    assert try_it(PASSWORD) == "wrong_credentials"


@pytest.mark.django_db
def test_after_five_wrong_ones_even_the_right_one_waits_longer_each_time(alice: Wallet) -> None:
    assert [try_it() for _ in range(6)] == ["wrong_credentials"] * 5 + ["too_many_sign_ins"]
    assert try_it(PASSWORD) == "too_many_sign_ins"
    assert try_it(at=MINUTE) == "wrong_credentials"
    assert try_it(PASSWORD, at=2 * MINUTE) == "too_many_sign_ins"
    assert try_it(PASSWORD, at=3 * MINUTE) == "in"
    assert [try_it(at=3 * MINUTE) for _ in range(6)].count("too_many_sign_ins") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("phone", [ALICE, "+821011112222", "nonsense", ""])
def test_numbers_nobody_has_are_throttled_alike(alice: Wallet, phone: str) -> None:
    said = [try_it(phone=phone) for _ in range(7)]
    assert said == ["wrong_credentials"] * 5 + ["too_many_sign_ins"] * 2


@pytest.mark.django_db
def test_one_address_does_not_try_out_everybody(alice: Wallet) -> None:
    said = [try_it(phone=f"+8210{number:08d}") for number in range(60)]
    assert said == ["wrong_credentials"] * 50 + ["too_many_sign_ins"] * 10
    assert try_it(PASSWORD) == "too_many_sign_ins"
    assert try_it(PASSWORD, address="192.0.2.2") == "in"


@pytest.mark.django_db
def test_many_may_sign_in_from_one_address(alice: Wallet) -> None:
    assert [try_it(PASSWORD) for _ in range(sign_ins.FREE_ADDRESS + 5)].count("in") == 55
    assert try_it() == "wrong_credentials"
    assert SignInTries.objects.get(subject="address:192.0.2.1").tries == 1


@pytest.mark.django_db
def test_a_forged_header_is_no_other_address(alice: Wallet) -> None:
    for number in range(8):
        Client().post(
            "/api/v1/tokens",
            {"phone": BOB, "password": "wrong"},
            content_type="application/json",
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    subjects = SignInTries.objects.filter(subject__startswith="address:")
    assert list(subjects.values_list("subject", flat=True)) == ["address:127.0.0.1"]


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_guesses_at_once_five_are_looked_at(alice: Wallet) -> None:
    barrier = threading.Barrier(25)

    def act(number: int) -> list[str]:
        barrier.wait()
        try:
            return [try_it(address=f"192.0.2.{number}") for _ in range(4)]
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as pool:
        said = [each for of_one in pool.map(act, range(25)) for each in of_one]
    assert (said.count("wrong_credentials"), said.count("too_many_sign_ins")) == (5, 95)


@pytest.mark.django_db
def test_tries_are_forgotten_the_next_day(alice: Wallet) -> None:
    try_it()
    assert sign_ins.prune(at=NOW + timedelta(hours=23)) == 0
    assert sign_ins.prune(at=NOW + timedelta(hours=25)) == 2
