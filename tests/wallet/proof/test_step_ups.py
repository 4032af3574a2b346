"""A second proof is good for one request of one person, once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from ledger.money import Money
from tests.wallet.people import BOB, Caller, fund, held, won
from tests.wallet.sms import code_sent
from wallet.errors import StepUpRefused
from wallet.models import BackupCode, Limit, StepUp, Wallet
from wallet.proof import step_ups
from wallet.proof.proofs import STEP_UP_HEADER, Means
from wallet.proof.rules import THRESHOLDS, needed

pytestmark = pytest.mark.django_db
LARGE = "150000"  # to somebody never paid before


@pytest.fixture
def rich(alice: Wallet) -> Wallet:
    fund(alice, Money(400_000, "KRW"))
    Limit.objects.all().delete()
    return alice


def path(wallet: Wallet) -> str:
    return f"/wallets/{wallet.public_id}/transfers"


def body(amount: str = LARGE) -> dict[str, Any]:
    return {"phone": BOB, "amount": won(amount)}


def begin(caller: Caller, asked: dict[str, Any], by: str = "SMS") -> str:
    begun = caller.once("POST", "/step-ups", {**asked, "by": by}, "")
    assert begun.status_code == 201, begun.json()
    return str(begun.json()["id"])


def prove(caller: Caller, step_up: str, code: str) -> Any:
    return caller.once("POST", f"/step-ups/{step_up}/prove", {"code": code}, "")


def asked_for(wallet: Wallet, amount: str = LARGE) -> dict[str, Any]:
    return {"method": "POST", "path": f"/api/v1{path(wallet)}", "body": body(amount)}


def test_a_large_transfer_to_somebody_new_is_stepped_up_and_the_next_is_not(
    rich: Wallet, bob: Wallet
) -> None:
    plain = Caller(rich, steps_up=False)
    refused = plain.post(path(rich), body(), "k1")
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert Caller(rich).post(path(rich), body(), "k1").status_code == 201
    assert plain.post(path(rich), body(), "k2").status_code == 201
    assert held(bob) == 300_000


def test_the_token_is_for_that_request_and_key_and_no_other(rich: Wallet, bob: Wallet) -> None:
    caller = Caller(rich, steps_up=False)
    token = {STEP_UP_HEADER: caller.token("POST", path(rich), body())}
    more = caller.once("POST", path(rich), body("150001"), "k1", token)
    assert (more.status_code, more.json()["code"]) == (403, "step_up_refused")
    other = Caller(bob, steps_up=False).once("POST", path(rich), body(), "k1", token)
    assert other.json()["code"] == "not_found"
    use = step_ups.Use(token[STEP_UP_HEADER], bytes(StepUp.objects.get().fingerprint), "k1")
    with pytest.raises(StepUpRefused):
        step_ups.consume(user=bob.holder, use=use, at=timezone.now())
    first = caller.once("POST", path(rich), body(), "k1", token)
    again = caller.once("POST", path(rich), body(), "k1", token)
    assert (first.status_code, again["Idempotency-Replayed"]) == (201, "true")
    twice = caller.once("POST", path(rich), body(), "k2", token)
    assert (twice.status_code, twice.json()["code"]) == (403, "step_up_refused")
    assert held(bob) == 150_000


def test_a_second_proof_does_not_stand_in_for_the_pin(rich: Wallet, bob: Wallet) -> None:
    Caller(rich)
    caller = Caller(rich, pin=None, steps_up=False)
    token = {STEP_UP_HEADER: caller.token("POST", path(rich), body())}
    answer = caller.once("POST", path(rich), body(), "k1", token)
    assert answer.json()["code"] == "pin_required"


def test_steps_cannot_be_skipped(rich: Wallet, bob: Wallet) -> None:
    caller = Caller(rich, steps_up=False)
    step_up = begin(caller, asked_for(rich))
    for token in (step_up, "", "None", code_sent(rich.holder.phone)):
        answer = caller.once("POST", path(rich), body(), "k1", {STEP_UP_HEADER: token})
        assert answer.json()["code"] == "step_up_refused"
    stranger = prove(Caller(bob), step_up, code_sent(rich.holder.phone))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_step_up")


def test_there_are_five_guesses_and_one_proof(rich: Wallet) -> None:
    caller = Caller(rich)
    step_up = begin(caller, asked_for(rich))
    code = code_sent(rich.holder.phone)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    codes = [prove(caller, step_up, wrong).json()["code"] for _ in range(6)]
    assert codes == ["wrong_code"] * 5 + ["step_up_ended"]
    assert prove(caller, step_up, code).json()["code"] == "step_up_ended"


def test_a_step_up_is_over_after_five_minutes(rich: Wallet) -> None:
    caller = Caller(rich)
    step_up = begin(caller, asked_for(rich))
    StepUp.objects.update(expires_at=timezone.now())
    assert prove(caller, step_up, code_sent(rich.holder.phone)).json()["code"] == "step_up_ended"


def test_an_old_token_is_refused(rich: Wallet) -> None:
    caller = Caller(rich)
    token = caller.token("POST", path(rich), body())
    StepUp.objects.update(expires_at=timezone.now())
    answer = caller.once("POST", path(rich), body(), "k1", {STEP_UP_HEADER: token})
    assert answer.json()["code"] == "step_up_refused"


def test_the_token_is_kept_hashed(rich: Wallet) -> None:
    token = Caller(rich).token("POST", path(rich), body())
    assert token.encode() not in bytes(StepUp.objects.get().token_hashed or b"")


def test_an_authenticator_is_enrolled_under_a_step_up_and_proves_once_a_code(
    rich: Wallet, bob: Wallet
) -> None:
    caller = Caller(rich)
    without = Caller(rich, steps_up=False).post("/second-factors/totp", {})
    assert without.json()["code"] == "step_up_required"
    made = caller.post("/second-factors/totp", {})
    assert made.status_code == 201, made.json()
    assert made.json()["uri"].startswith("otpauth://totp/Jigap")
    assert made.json()["svg"].lstrip().startswith("<?xml")
    assert begin_fails(caller, rich, "TOTP") == "factor_not_set"
    confirmed = caller.post("/second-factors/totp/confirm", {"code": shown(rich)})
    assert confirmed.status_code == 204
    assert caller.get("/second-factors").json()["methods"] == ["SMS", "TOTP"]
    first, second = (begin(caller, asked_for(rich), "TOTP") for _ in range(2))
    code = shown(rich, steps=1)  # the one of the enrolment is used up
    assert prove(caller, first, code).status_code == 201
    assert prove(caller, second, code).json()["code"] == "wrong_code"


def test_a_wrong_first_code_takes_no_authenticator_into_use(rich: Wallet) -> None:
    caller = Caller(rich)
    caller.post("/second-factors/totp", {})
    wrong = f"{(int(shown(rich)) + 1) % 10**6:06d}"
    answer = caller.post("/second-factors/totp/confirm", {"code": wrong})
    assert answer.json()["code"] == "wrong_code"
    assert caller.get("/second-factors").json()["has_totp"] is False


def test_backup_codes_are_shown_once_and_used_once(rich: Wallet) -> None:
    caller = Caller(rich)
    codes = caller.post("/second-factors/backup-codes", {}).json()["codes"]
    assert len(set(codes)) == 10
    assert all(
        code.encode() not in bytes(row.hashed)
        for row in BackupCode.objects.all()
        for code in codes
    )
    first, second = (begin(caller, asked_for(rich), "BACKUP_CODE") for _ in range(2))
    written = "-".join(codes[0][i : i + 4] for i in range(0, 16, 4)).lower()
    assert prove(caller, first, written).status_code == 201
    assert prove(caller, second, codes[0]).json()["code"] == "wrong_code"
    assert caller.get("/second-factors").json()["backup_codes_left"] == 9
    renewed = caller.post("/second-factors/backup-codes", {}).json()["codes"]
    assert not set(renewed) & set(codes)


def test_step_ups_are_not_begun_without_end(rich: Wallet, settings: Any) -> None:
    caller = Caller(rich)
    caller.post("/second-factors/backup-codes", {})
    begun = [
        step_ups.begin(
            user=rich.holder, fingerprint=b"x" * 32, by="BACKUP_CODE", at=timezone.now()
        )
        for _ in range(step_ups.MOST_AN_HOUR - StepUp.objects.count())
    ]
    assert begun
    assert begin_fails(caller, rich, "BACKUP_CODE") == "too_many_codes"


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_uses_of_a_token_at_once_one_succeeds(rich: Wallet) -> None:
    fingerprint = b"f" * 32
    made = step_ups.begin(user=rich.holder, fingerprint=fingerprint, by="SMS", at=timezone.now())
    token = step_ups.prove(
        user=rich.holder,
        public_id=made.public_id,
        code=code_sent(rich.holder.phone),
        at=timezone.now(),
    )
    barrier = threading.Barrier(16)

    def act(number: int) -> bool:
        barrier.wait()
        use = step_ups.Use(token, fingerprint, f"k{number}")
        try:
            step_ups.consume(user=rich.holder, use=use, at=timezone.now())
        except StepUpRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(act, range(16))) == 1


@pytest.mark.parametrize(
    ("purpose", "minor", "is_known", "means"),
    [
        ("TRANSFER", 100_000, False, Means.PIN),
        ("TRANSFER", 100_001, False, Means.STEP_UP),
        ("TRANSFER", 100_001, True, Means.PIN),
        ("TRANSFER", 300_000, True, Means.PIN),
        ("TRANSFER", 300_001, True, Means.STEP_UP),
        ("PAYMENT", 300_001, True, Means.STEP_UP),
        ("WITHDRAWAL", 100_001, False, Means.STEP_UP),
        ("BANK_ACCOUNT", 1, True, Means.STEP_UP),
    ],
)
def test_what_is_needed(*, purpose: str, minor: int, is_known: bool, means: Means) -> None:
    assert needed(purpose=purpose, amount=Money(minor, "KRW"), is_known=is_known) is means


def test_an_unknown_currency_always_asks() -> None:
    assert "POINT" not in THRESHOLDS
    assert needed(purpose="PAYMENT", amount=Money(1, "POINT"), is_known=True) is Means.STEP_UP


def begin_fails(caller: Caller, wallet: Wallet, by: str) -> str:
    answer = caller.once("POST", "/step-ups", {**asked_for(wallet), "by": by}, "")
    return str(answer.json()["code"])


def shown(wallet: Wallet, steps: int = 0) -> str:
    """What the authenticator shows, so many steps from now."""
    device = TOTPDevice.objects.get(user=wallet.holder)
    totp = TOTP(device.bin_key)
    totp.time = time.time() + timedelta(seconds=30).seconds * steps
    return f"{totp.token():06d}"
