"""Many requests at one instant, at the real server: each but its last byte, then the last bytes.

What may happen once happens once, and what may be guessed five times is compared five times,
spread over sessions, routes, server processes and forged addresses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from knox.models import AuthToken

from ledger.balances import trial_balance
from ledger.verification import verify_ledger
from merchants.models import FeePlan, Payment
from merchants.store_codes import printed_code
from merchants.stores import take_on
from tests.attacks.live import counted, newcomer, server, victim
from tests.attacks.server import Server, request, volley
from tests.merchants.cast import keyed
from tests.wallet.people import PIN, held, won
from wallet.models import Limit, Pin, Transfer
from wallet.proof.sign_ins import FREE_PHONE

__all__ = ["server"]
AT_ONCE, GUESSES = 20, 40
# The cast is committed, once for the whole file; see live.py.
pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture(autouse=True, scope="module")
def _the_book_is_whole_in_the_end(server: Server) -> Iterator[None]:
    yield
    assert set(trial_balance().values()) == {0}
    assert list(verify_ledger()) == []


def address(number: int) -> dict[str, str]:
    """Forge where a request comes from."""
    return dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded"), f"203.0.113.{number}")


def test_what_is_there_once_is_spent_once(server: Server) -> None:
    alice, bob = victim(), newcomer()
    answers = volley(server, [alice.sends(bob, "30000", f"k{n}") for n in range(AT_ONCE)])
    assert counted(answers) == {(201, ""): 1, (402, "insufficient_funds"): AT_ONCE - 1}
    assert (held(alice.wallet), held(bob)) == (20_000, 30_000)


def test_one_key_moves_money_once(server: Server) -> None:
    alice, bob = victim(), newcomer()
    answers = volley(server, [alice.sends(bob, "1000", "one")] * AT_ONCE)
    assert {status for status, _ in answers} <= {201, 409}
    assert len({body["id"] for status, body in answers if status == 201}) == 1
    assert held(bob) == 1_000
    assert Transfer.objects.filter(recipient=bob).count() == 1


def test_a_limit_is_not_passed_in_one_packet(server: Server) -> None:
    alice, bob = victim(), newcomer()
    limits = Limit.objects.filter(tier=alice.wallet.tier, currency="KRW", period="DAY")
    before = list(limits.values_list("pk", "amount_minor"))
    limits.update(amount_minor=5_000)
    try:
        answers = volley(server, [alice.sends(bob, "1000", f"k{n}") for n in range(AT_ONCE)])
    finally:
        for pk, minor in before:
            Limit.objects.filter(pk=pk).update(amount_minor=minor)
    assert counted(answers) == {(201, ""): 5, (403, "limit_exceeded"): AT_ONCE - 5}
    assert held(bob) == 5_000


def test_a_payment_is_given_back_once(server: Server) -> None:
    alice = victim()
    store = take_on(
        legal_name="모퉁이가게",
        currency="KRW",
        fee_plan=FeePlan.objects.create(name="live", rate_bps=175),
        name="모퉁이가게",
        latin_name="Corner Shop",
        city="Seoul",
        merchant_category_code="5411",
    )
    paid = {"wallet_id": str(alice.wallet.public_id), "payload": printed_code(store)}
    keyed_once = alice.shown | {"Idempotency-Key": "p"}
    asked = request("POST", "/payments", keyed_once, paid | {"amount": won("9000")})
    ((status, payment),) = volley(server, [asked])
    assert status == 201, payment
    _, secret = keyed(store.merchant, "refunds:write")
    refunds = [
        request(
            "POST",
            f"/merchant/payments/{payment['number']}/refunds",
            {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"r{number}"},
            {"refund_no": f"R{number}", "amount": won("4000"), "reason": ""},
        )
        for number in range(AT_ONCE)
    ]
    statuses = Counter(status for status, _ in volley(server, refunds))
    assert statuses == {201: 2, 409: AT_ONCE - 2}
    assert Payment.objects.get(number=payment["number"]).refunded_minor == 8_000
    assert held(alice.wallet) == 49_000


def test_a_pin_is_guessed_five_times_whichever_way(server: Server) -> None:
    alice, bob = victim(), newcomer()
    holder = alice.wallet.holder
    tokens = [AuthToken.objects.create(user=holder)[1] for _ in range(4)]
    to_bob = {"phone": bob.holder.phone, "amount": won("1000")}
    base = f"/wallets/{alice.wallet.public_id}"
    routes = [
        (f"{base}/transfers", to_bob),
        (f"{base}/scheduled-transfers", to_bob | {"delay_seconds": 3600}),
        (f"{base}/claims", {"phone": "+821099990000", "amount": won("1000")}),
    ]
    guesses = []
    for number in range(GUESSES):
        path, body = routes[number % len(routes)]
        shown = {
            "Authorization": f"Token {tokens[number % len(tokens)]}",
            "Wallet-Pin": f"{number:02}0918",
            "Idempotency-Key": f"k{number}",
        }
        guesses.append(request("POST", path, shown | address(number), body))
    said = Counter(str(body.get("code")) for _, body in volley(server, guesses))
    assert said == {"wrong_pin": 5, "pin_locked": GUESSES - 5}
    assert Pin.objects.get(user=holder).failures == 5
    assert alice.shown["Wallet-Pin"] == PIN
    assert counted(volley(server, [alice.sends(bob, "1", "right")])) == {(403, "pin_locked"): 1}
    assert held(alice.wallet) == 50_000


def test_a_password_is_guessed_five_times_whichever_way(server: Server) -> None:
    phone = newcomer().holder.phone
    spellings = [phone, f"{phone[:3]} {phone[3:5]}-{phone[5:]}", f"{phone[:3]} (0){phone[3:]}"]
    guesses = [
        request(
            "POST",
            "/tokens",
            address(number),
            {"phone": spellings[number % 3], "password": f"guess number {number}"},
        )
        for number in range(GUESSES)
    ]
    said = Counter(str(body.get("code")) for _, body in volley(server, guesses))
    assert said == {"wrong_credentials": FREE_PHONE, "too_many_sign_ins": GUESSES - FREE_PHONE}


@pytest.mark.parametrize("path", ["/pin", "/password"])
def test_a_stolen_session_does_not_find_out_the_password(server: Server, path: str) -> None:
    wallet = newcomer()
    shown = {"Authorization": f"Token {AuthToken.objects.create(user=wallet.holder)[1]}"}
    guesses = []
    for number in range(GUESSES):
        guess = f"guess number {number}"
        body = {"/pin": {"pin": PIN, "password": guess}, "/password": {"old": guess, "new": guess}}
        verb = "POST" if path == "/pin" else "PUT"
        guesses.append(request(verb, path, shown | address(number), body[path]))
    said = Counter(str(body.get("code")) for _, body in volley(server, guesses))
    assert said == {"wrong_credentials": FREE_PHONE, "too_many_sign_ins": GUESSES - FREE_PHONE}
