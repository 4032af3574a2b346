"""What the till's and the payer's kept pages fetch and send, without a browser."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import Client
from django.utils import timezone

from config.headers import SCANNING
from merchants.models import Allowance, Payment, Terminal, TillCertificate
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.tills import registration
from tests.merchants.offline import stories
from tests.wallet.people import PIN, held
from tests.web.browser import Visitor
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def test_a_till_gets_a_certificate_for_a_key_of_its_own_only(
    till: Visitor, counter: Terminal
) -> None:
    stories.opt_in(counter.store)
    key, other = Ed25519Key(), Ed25519Key()
    signed = registration(terminal_id=counter.public_id, public_key=key.public)
    body = {"public_key": key.public.hex(), "signature": other.sign(signed).hex()}
    assert till.client.post("/till/offline/certificate", body).json()["code"] == "till_key_invalid"
    body["signature"] = key.sign(signed).hex()
    told = till.client.post("/till/offline/certificate", body).json()
    assert told["certificate"].startswith("JGC1:")
    assert told["terms"]["each"] == 30_000
    assert TillCertificate.objects.get().terminal == counter
    for strange in ("zz", "\x00", "", "00" * 400):
        answer = till.client.post("/till/offline/certificate", {"public_key": strange})
        assert answer.status_code in {400, 409}, strange


def test_a_merchant_that_did_not_opt_in_has_no_terms(till: Visitor) -> None:
    told = till.client.get("/till/offline/news").json()
    assert told["terms"] is None
    assert told["revocations"].startswith("JGL1:")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"vouchers": []}',
        '{"vouchers": [1]}',
        '{"vouchers": [{"voucher": 1}]}',
        '{"vouchers": [{"voucher": "JGS1:", "order_no": "a b"}]}',
        "[" * 100_000,
        "\ufeff\x00",
    ],
)
def test_what_is_no_list_of_vouchers_is_refused(till: Visitor, body: str) -> None:
    where = "/till/offline/vouchers"
    answer = till.client.post(where, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_voucher_that_is_none_is_answered_about(till: Visitor) -> None:
    body = json.dumps({"vouchers": [{"voucher": "JGS1:nonsense"}]})
    where = "/till/offline/vouchers"
    told = till.client.post(where, body, content_type="application/json").json()
    assert told["outcomes"] == [{"state": "REFUSED", "code": "offline_code_broken"}]


def test_a_stranger_gets_nothing_of_a_till(counter: Terminal, alice: Wallet) -> None:
    stranger = Client()
    for path in ("/till/offline/news", "/till/offline/certificate", "/till/offline/vouchers"):
        assert stranger.get(path).status_code in {302, 405}
        assert stranger.post(path).status_code in {302, 405}
    for path in ("/till/offline", "/pay/without"):  # kept pages, the same for everybody
        answer = stranger.get(path)
        assert answer["Content-Security-Policy"] == SCANNING
        assert "data-money" in answer.content.decode()
    assert stranger.get("/till/sw.js")["Service-Worker-Allowed"] == "/till"


def test_a_tills_code_is_paid_once_and_shows_a_receipt(
    visitor: Visitor, alice: Wallet, counter: Terminal
) -> None:
    at = timezone.now()
    till = stories.open_till(counter.store, "2", at=at)
    code = till.ask(5_000, at=stories.seconds(at))
    visitor.get("/scan")
    visitor.post(payload=code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert visitor.errors
    visitor.post(payload=code)
    assert visitor.path.startswith("/confirm/"), visitor.errors
    confirming = visitor.path
    visitor.confirm()
    assert visitor.path.startswith("/pay/receipt/"), visitor.errors
    assert "Show this to the till" in visitor.text
    visitor.client.post(confirming, {"pin": PIN})
    assert (held(alice), Payment.objects.count()) == (45_000, 1)


def test_money_is_set_aside_for_a_bound_phone_of_ones_own_and_ended(
    visitor: Visitor, alice: Wallet
) -> None:
    visitor.get("/pay/allowance")
    visitor.post(amount="10,000")
    assert "Set this phone up first" in visitor.errors[0]
    stories.known(alice)
    key = Ed25519Key()
    stories.bound(alice, key)
    named = base64.urlsafe_b64encode(key.public).decode().rstrip("=")
    visitor.get("/pay/allowance")
    visitor.post(amount="10,000", public_key=named)
    visitor.confirm()
    assert visitor.path.startswith("/pay/allowance?id="), visitor.errors
    found = Allowance.objects.get()
    assert held(alice) == 40_000
    where = f"/pay/allowance/{found.public_id}"
    wrong = visitor.client.post(f"{where}/certificate", {"pin": "111222"})
    assert wrong.status_code == 403
    told = visitor.client.post(f"{where}/certificate", {"pin": PIN}).json()
    assert told["certificate"].startswith("JGA1:")
    other = Client()
    assert other.post(f"{where}/certificate", {"pin": PIN}).status_code == 302
    visitor.client.post(f"{where}/end")
    found.refresh_from_db()
    assert found.state == Allowance.State.ENDED
