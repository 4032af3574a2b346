"""Who has signed up is not told, by words or by work: the same is hashed and asked either way."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from tests.merchants.cast import newcomer
from tests.wallet.people import BOB, PASSWORD
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db
NOBODY = "+821000000000"


class Counting(MD5PasswordHasher):
    """Counts what it hashes."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


def sign_in(phone: str, password: str) -> tuple[Any, int, int]:
    """Return the answer, how often was hashed, and how often the database was asked."""
    Counting.hashed = 0
    with CaptureQueriesContext(connection) as asked:
        answer = Client().post(
            "/api/v1/tokens",
            {"phone": phone, "password": password},
            content_type="application/json",
        )
    return answer, Counting.hashed, len(asked)


@override_settings(PASSWORD_HASHERS=[f"{__name__}.Counting"])
def test_a_wrong_password_and_an_unknown_number_are_told_alike_for_the_same_work(
    alice: Wallet,
) -> None:
    gone = newcomer(BOB).holder
    User.objects.filter(pk=gone.pk).update(is_active=False)
    wrong, *work = sign_in(alice.holder.phone, "another password")
    assert (wrong.status_code, work[0]) == (401, 1)
    for phone, password in ((NOBODY, "another password"), (gone.phone, PASSWORD), ("1", "x")):
        other, *same = sign_in(phone, password)
        assert (other.status_code, other.json()) == (401, wrong.json())
        assert same == work


def test_signing_up_again_is_not_told_to_who_has_no_code(alice: Wallet) -> None:
    said = []
    for phone in (alice.holder.phone, NOBODY):
        body = {"phone": phone, "code": "000000", "password": "quite another one"}
        answer = Client().post(
            "/api/v1/consumers",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": phone},
        )
        said.append((answer.status_code, answer.json()["code"]))
    assert said[0] == said[1] == (403, "wrong_code")
