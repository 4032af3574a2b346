"""The admin lets in staff with a password and the authenticator's code, and nobody else."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from wallet.models import User

PHONE, PASSWORD = "+821055550000", "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    user = User.objects.create_superuser(PHONE, PASSWORD)
    TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)
    return user


def code(steps: int = 0) -> str:
    totp = TOTP(TOTPDevice.objects.get().bin_key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def sign_in(**changes: str) -> tuple[Client, Any]:
    client = Client()
    form = {"username": PHONE, "password": PASSWORD, "code": code(), **changes}
    return client, client.post("/admin/login/?next=/admin/", form)


def test_password_and_code_open_it_and_the_code_once(admin: User) -> None:
    used = code()
    client, answer = sign_in(code=used)
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    _, again = sign_in(code=used)
    assert again.status_code == 200


@pytest.mark.parametrize("changes", [{"code": "000000"}, {"code": ""}, {"password": "wrong"}])
def test_one_of_the_two_is_not_enough(admin: User, changes: dict[str, str]) -> None:
    client, answer = sign_in(**changes)
    assert answer.status_code == 200
    assert client.get("/admin/").status_code == 302


def test_a_session_that_began_with_the_password_alone_is_kept_out(admin: User) -> None:
    client = Client()
    client.force_login(admin)
    assert client.get("/admin/").status_code == 302


def test_staff_without_an_authenticator_is_kept_out(admin: User) -> None:
    used = code()
    TOTPDevice.objects.all().delete()
    client = Client()
    form = {"username": PHONE, "password": PASSWORD, "code": used}
    assert client.post("/admin/login/", form).status_code == 200


def test_only_staff_is_enrolled(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user(PHONE, PASSWORD)
    with pytest.raises(CommandError, match="no member of staff"):
        call_command("enrol_admin", PHONE)


def test_enrolment_shows_a_code_and_asks_for_the_first_digits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create_superuser(PHONE, PASSWORD)
    monkeypatch.setattr("builtins.input", lambda _: code())
    call_command("enrol_admin", PHONE)
    assert "otpauth://totp/Jigap" in capsys.readouterr().out
    assert TOTPDevice.objects.get().confirmed
