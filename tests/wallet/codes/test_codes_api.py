"""A phone fetches its key over the API, by PIN or by its own signature."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.wallet.codes.phones import bound, enrolled, kept
from tests.wallet.people import BOB, Caller
from wallet.codes.digits import LENGTH, parse
from wallet.codes.presenting import Presented, take
from wallet.models import CodeHandle, Wallet
from wallet.wallets.freezing import freeze_own

pytestmark = pytest.mark.django_db


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_phone_asks_for_its_next_key_by_its_signature(alice: Wallet) -> None:
    phone = bound(alice)
    answer = phone.post(
        f"/devices/{phone.device}/code-keys", {"wallet_id": str(alice.public_id)}, ""
    )
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    assert (told["prefix"], told["digits"], told["step_seconds"]) == ("71", 8, 30)
    assert abs(told["server_time"] - timezone.now().timestamp()) < 5
    shown = kept(phone, told).code()
    assert take(code=shown, presented=Presented("x", "x:1"), at=timezone.now()) == alice


def test_the_session_alone_gives_no_code(alice: Wallet) -> None:
    phone, only_signed_in = bound(alice), Caller(alice, pin=None)
    body = {"wallet_id": str(alice.public_id)}
    assert code(only_signed_in.post(f"/devices/{phone.device}/code-keys", body)) == (
        403,
        "pin_required",
    )
    assert code(only_signed_in.post(f"/wallets/{alice.public_id}/codes", None)) == (
        403,
        "pin_required",
    )
    assert not CodeHandle.objects.exists()


def test_a_code_is_made_for_who_has_a_network(alice: Wallet) -> None:
    answer = Caller(alice).post(f"/wallets/{alice.public_id}/codes", None)
    assert (answer.status_code, len(answer.json()["code"])) == (201, LENGTH)
    parse(answer.json()["code"])
    freeze_own(wallet=alice, at=timezone.now())
    assert code(Caller(alice).post(f"/wallets/{alice.public_id}/codes", None)) == (
        409,
        "wallet_not_open",
    )


def test_others_devices_and_wallets_are_not_there(alice: Wallet, bob: Wallet) -> None:
    phone, mine = bound(alice), bound(bob)
    to = {"wallet_id": str(alice.public_id)}
    assert Caller(bob).post(f"/devices/{phone.device}/code-keys", to).status_code == 404
    assert Caller(bob).post(f"/devices/{mine.device}/code-keys", to).status_code == 404
    assert Caller(bob).post(f"/wallets/{alice.public_id}/codes", None).status_code == 404
    assert not CodeHandle.objects.exists()
    assert bob.holder.phone == BOB


def test_a_revoked_device_gets_no_key(alice: Wallet) -> None:
    phone, caller = bound(alice), Caller(alice)
    caller.client.delete(f"/api/v1/devices/{phone.device}")
    answer = caller.post(f"/devices/{phone.device}/code-keys", {"wallet_id": str(alice.public_id)})
    assert code(answer) == (403, "unknown_device")


def test_the_key_is_in_no_table(alice: Wallet) -> None:
    phone = enrolled(alice)
    shown = Caller(alice).post(f"/wallets/{alice.public_id}/codes", None).json()["code"]
    secrets = {phone.key.hex(), base64.urlsafe_b64encode(phone.key).decode().rstrip("="), shown}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} AS t")
            text = "\n".join(row for (row,) in cursor.fetchall())
            assert [one for one in secrets if one in text] == [], table
    assert CodeHandle.objects.filter(handle=phone.handle).exists()
