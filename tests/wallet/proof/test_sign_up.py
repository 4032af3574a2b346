"""Signing up takes the telephone in hand; nothing tells who has signed up before."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.wallet.people import ALICE, PASSWORD, held
from tests.wallet.sms import SENT, code_sent
from wallet.chart import open_chart
from wallet.models import User, Wallet


def post(path: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return Client().post(f"/api/v1{path}", body, content_type="application/json", headers=headers)


def sign_up(code: str, key: str = "k1", phone: str = ALICE) -> Any:
    return post("/consumers", {"phone": phone, "password": PASSWORD, "code": code}, key)


@pytest.fixture
def chart() -> None:
    open_chart("KRW")


@pytest.fixture
def code(chart: None) -> str:
    assert post("/phone-codes", {"phone": ALICE}).status_code == 204
    return code_sent(ALICE)


@pytest.mark.django_db
def test_the_code_opens_a_wallet_and_a_lost_answer_is_found_again(code: str) -> None:
    first = sign_up(code)
    assert first.status_code == 201, first.json()
    again = sign_up(code)
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert User.objects.get(phone=ALICE).phone_confirmed_at is not None
    assert held(Wallet.objects.get(public_id=first.json()["id"])) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["000000", "999999"])
def test_a_wrong_code_makes_nobody(code: str, wrong: str) -> None:
    refused = sign_up(wrong if wrong != code else "111111")
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_code")
    assert not User.objects.filter(phone=ALICE).exists()
    assert sign_up(code).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["12345", "1234567", "١٢٣٤٥٦", "12345a", "", " 123456", None, 1])
def test_what_is_no_code_is_said_so(code: str, text: Any) -> None:
    answer = sign_up(text)
    assert answer.status_code in {400, 403}
    assert answer.json()["code"] in {"invalid_request", "wrong_code"}


@pytest.mark.django_db
def test_asking_for_a_code_says_nothing_of_who_has_the_number(code: str, settings: Any) -> None:
    assert sign_up(code).status_code == 201
    known = post("/phone-codes", {"phone": ALICE})
    assert (known.status_code, known.json()["code"]) == (429, "too_many_codes")
    unknown = post("/phone-codes", {"phone": "+821099990000"})
    repeated = post("/phone-codes", {"phone": "+821099990000"})
    assert unknown.status_code == 204
    assert repeated.json() == known.json()
    assert len(SENT["+821099990000"]) == 1


@pytest.mark.django_db
def test_bad_phones_get_no_message(chart: None) -> None:
    for phone in ("", "12", "010-1234-5678", "+82", "abc", "+1" + "0" * 30):
        answer = post("/phone-codes", {"phone": phone})
        assert answer.status_code == 400, phone
