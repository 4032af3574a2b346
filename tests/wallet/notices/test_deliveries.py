"""Text messages and web push: at least once, sealed, patient, and never into our own walls."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.conf import LazySettings

from tests.wallet.notices.post import NOON, Browser, PushService, happen, push_service
from tests.wallet.people import ALICE, Caller
from wallet.errors import UnsafeEndpoint
from wallet.models import Event, Notice, NoticeDelivery, PushSubscription, Wallet
from wallet.notices import deliveries, relay
from wallet.notices.preferences import prefer
from wallet.notices.sealing import from_base64url, seal
from wallet.notices.senders import Attempt, Outgoing
from wallet.notices.web_push import WebPush, push_rules
from wallet.outgoing.addresses import look_at

Status = NoticeDelivery.Status


@pytest.fixture
def service(settings: LazySettings) -> Iterator[PushService]:
    settings.PUSH_ALLOWS_LOOPBACK = True
    with push_service() as service:
        yield service


def subscribe(wallet: Wallet, endpoint: str, keys: dict[str, str], key: str = "one") -> Any:
    body = {"endpoint": endpoint, "expirationTime": None, "keys": keys}
    return Caller(wallet).post("/push-subscriptions", body, key)


@pytest.fixture
def browser(alice: Wallet, service: PushService) -> Browser:
    """Alice's browser, subscribed, and one event waiting to be told."""
    Event.objects.all().delete()
    browser = Browser()
    assert subscribe(alice, service.url, browser.keys()).status_code == 201
    happen(alice, counterparty="Bob")
    relay.deliver_due(at=NOON)
    return browser


@pytest.mark.django_db
def test_a_browser_is_sent_what_only_it_can_read(browser: Browser, service: PushService) -> None:
    assert deliveries.send_due(at=NOON) == 1
    assert deliveries.send_due(at=NOON + timedelta(days=1)) == 0
    ((path, headers, body),) = service.taken
    delivery = NoticeDelivery.objects.get()
    assert json.loads(browser.open(body)) == {
        "id": str(delivery.public_id),
        "notice": str(Notice.objects.get().public_id),
        "kind": "transfer.received",
        "title": "송금 도착",
        "body": "Bob님이 12,000원 보냈습니다.",
    }
    assert path == "/push/one"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Topic"] == delivery.public_id.hex
    assert (delivery.status, delivery.attempts, delivery.sent_at) == (Status.SENT, 1, NOON)


@pytest.mark.django_db
def test_the_push_service_can_check_who_sends(
    alice: Wallet, browser: Browser, service: PushService
) -> None:
    deliveries.send_due(at=NOON)
    scheme, token, key = service.taken[0][1]["Authorization"].replace(",", "").split(" ")
    assert (scheme, token[:2], key[:2]) == ("vapid", "t=", "k=")
    assert Caller(alice).get("/push-subscriptions/key").json() == {"key": key[2:]}
    signed, _, signature = token[2:].rpartition(".")
    raw = from_base64url(signature)
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(key[2:]))
    public.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(from_base64url(signed.split(".")[1]))
    assert claims["aud"] == service.url.removesuffix("/push/one")
    assert claims["exp"] == int((NOON + timedelta(hours=12)).timestamp())


def test_a_message_is_sealed_as_in_the_standard() -> None:
    """RFC 8291, appendix A."""
    ours = int.from_bytes(from_base64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    sealed = seal(
        b"When I grow up, I want to be a watermelon",
        public_key=from_base64url(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4"
            "bjyPjs7Vd8pZGH6SRpkN"
            "toIAiw4"
        ),
        auth_secret=from_base64url("BTBZMqHH6r4Tts7J_aSIgg"),
        ours=ec.derive_private_key(ours, ec.SECP256R1()),
        salt=from_base64url("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert sealed == from_base64url(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_sent_nothing_more(
    alice: Wallet, browser: Browser, service: PushService, status: int
) -> None:
    service.status = status
    assert deliveries.send_due(at=NOON) == 0
    assert not PushSubscription.objects.exists()
    happen(alice)
    relay.deliver_due(at=NOON)
    assert not NoticeDelivery.objects.exists()
    assert Notice.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_in_trouble_is_tried_again_with_patience(
    browser: Browser, service: PushService, status: int
) -> None:
    service.status = status
    at = NOON
    for number, wait in enumerate(deliveries.PATIENCE, 1):
        deliveries.send_due(at=at)
        deliveries.send_due(at=at + wait - timedelta(seconds=1))
        assert len(service.taken) == number
        at += wait
    deliveries.send_due(at=at + timedelta(days=9))
    delivery = NoticeDelivery.objects.get()
    assert len(service.taken) == len(deliveries.PATIENCE) == delivery.attempts
    assert (delivery.status, delivery.last_error) == (Status.FAILED, str(status))
    assert len({json.loads(browser.open(body))["id"] for _, _, body in service.taken}) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", [301, 307, 400, 403, 413])
def test_a_refusal_is_final_and_a_redirect_is_not_followed(
    browser: Browser, service: PushService, status: int
) -> None:
    service.status = status
    deliveries.send_due(at=NOON)
    deliveries.send_due(at=NOON + timedelta(days=1))
    assert len(service.taken) == 1
    assert NoticeDelivery.objects.get().status == Status.FAILED


@pytest.mark.django_db
def test_an_endpoint_that_has_moved_inside_is_not_sent_to(
    browser: Browser, service: PushService, settings: LazySettings
) -> None:
    settings.PUSH_ALLOWS_LOOPBACK = False
    assert deliveries.send_due(at=NOON) == 0
    assert service.taken == []
    assert NoticeDelivery.objects.get().last_error == "unsafe_endpoint"


@pytest.mark.django_db
def test_a_push_service_that_does_not_answer_is_tried_later(
    alice: Wallet, settings: LazySettings
) -> None:
    settings.PUSH_ALLOWS_LOOPBACK = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        subscribe(alice, url, Browser().keys())
        happen(alice)
        relay.deliver_due(at=NOON)
        assert deliveries.send_due(at=NOON) == 0
    delivery = NoticeDelivery.objects.first()
    assert delivery is not None
    assert (delivery.status, delivery.last_error) == (Status.PENDING, "ConnectionRefusedError")


class Broken:
    """A sender that fails as no sender should."""

    def send(self, outgoing: Outgoing, *, at: datetime) -> Attempt:
        raise RuntimeError(outgoing.kind, at)


class Killed(WebPush):
    """A process that ends when its message is out and nothing is written down of it."""

    def send(self, outgoing: Outgoing, *, at: datetime) -> Attempt:
        super().send(outgoing, at=at)
        raise SystemExit(str(outgoing.id))


@pytest.mark.django_db
def test_one_that_cannot_be_sent_does_not_hold_up_the_others(
    alice: Wallet, bob: Wallet, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    Event.objects.all().delete()
    prefer(person=alice.holder, language="en", sms=True, push=True)
    happen(alice, counterparty="Bob")
    relay.deliver_due(at=NOON)
    printed = {"SMS": "wallet.notices.senders.PrintedSms"}
    settings.NOTICE_SENDERS = {"SMS": f"{__name__}.Broken"}
    assert deliveries.send_due(at=NOON) == 0
    assert NoticeDelivery.objects.get().last_error == "RuntimeError"
    settings.NOTICE_SENDERS = printed
    assert deliveries.send_due(at=NOON + timedelta(minutes=1)) == 1
    said = "Transfer received Bob sent you ₩12,000."
    assert f"SMS to {ALICE}: {said}" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_sender_killed_while_sending_sends_again_under_the_same_id(
    browser: Browser, service: PushService, settings: LazySettings
) -> None:
    senders = settings.NOTICE_SENDERS
    settings.NOTICE_SENDERS = {"PUSH": f"{__name__}.Killed"}
    with pytest.raises(SystemExit) as killed:
        deliveries.send_due(at=NOON)
    settings.NOTICE_SENDERS = senders
    assert deliveries.send_due(at=NOON) == 0
    assert deliveries.send_due(at=NOON + deliveries.PATIENCE[0]) == 1
    first, second = (json.loads(browser.open(body))["id"] for _, _, body in service.taken)
    assert first == second == str(killed.value.code)


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:8.8.8.8%25lo]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://8.8.8.8:22/",
        "https://8.8.8.8:99999/",
        "https://user@8.8.8.8/",
        "https://user:secret@8.8.8.8/",
        "https://8.8.8.8/#x",
        "https://8.8.8.8/ x",
        "https://8.8.8.8/\r\nX: y",
        "https://nowhere.invalid/",
        "https:///x",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "//8.8.8.8/",
        "https://[",
        "",
    ],
)
def test_an_endpoint_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(UnsafeEndpoint):
        look_at(url, rules=push_rules())


def test_a_public_endpoint_is_reached_by_the_address_that_was_looked_at() -> None:
    target = look_at("https://8.8.8.8/push/a?b=c", rules=push_rules())
    assert (target.ip, target.port, target.path) == ("8.8.8.8", 443, "/push/a?b=c")
    assert target.origin == "https://8.8.8.8"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://127.0.0.1/x"}, "unsafe_endpoint"),
        ({"endpoint": "https://8.8.8.8/" + "x" * 1000}, "invalid_request"),
        ({"endpoint": 5}, "unsafe_endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "invalid_push_keys"),
        ({"keys": {"p256dh": "é" * 10, "auth": "AAAA"}}, "invalid_push_keys"),
        ({"keys": {"p256dh": "A" * 87, "auth": "A" * 22}}, "invalid_push_keys"),
        ({"keys": {"p256dh": "!" * 87, "auth": "A" * 22}}, "invalid_push_keys"),
        ({"keys": {}}, "invalid_request"),
        ({"keys": "x"}, "invalid_request"),
    ],
)
def test_a_malformed_subscription_is_refused(
    alice: Wallet, changes: dict[str, Any], code: str
) -> None:
    body = {"endpoint": "https://8.8.8.8/x", "keys": Browser().keys(), **changes}
    answer = Caller(alice).post("/push-subscriptions", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_a_browser_belongs_to_whoever_signed_in_there_last(
    alice: Wallet, bob: Wallet, browser: Browser, service: PushService
) -> None:
    assert subscribe(bob, service.url, browser.keys()).status_code == 201
    assert PushSubscription.objects.get().person == bob.holder
    assert deliveries.send_due(at=NOON) == 0
    assert service.taken == []


@pytest.mark.django_db
def test_a_subscription_is_made_once_listed_and_ended(alice: Wallet, bob: Wallet) -> None:
    keys = Browser().keys()
    first = subscribe(alice, "https://8.8.8.8/x", keys)
    again = subscribe(alice, "https://8.8.8.8/x", keys)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Caller(alice).get("/push-subscriptions").json() == [first.json()]
    path = f"/api/v1/push-subscriptions/{first.json()['id']}"
    assert Caller(bob).client.delete(path).status_code == 404
    assert Caller(alice).client.delete(path).status_code == 204
    assert Caller(alice).client.delete(path).status_code == 404
    assert Caller(alice).get("/push-subscriptions").json() == []


@pytest.mark.django_db
def test_a_person_has_ten_browsers_at_most(alice: Wallet) -> None:
    keys = Browser().keys()
    answers = [
        subscribe(alice, f"https://8.8.8.8/{number}", keys, f"key-{number}")
        for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [201] * 10 + [409]
    assert answers[-1].json()["code"] == "too_many_subscriptions"


@pytest.mark.django_db
def test_without_a_secret_there_is_no_web_push(
    alice: Wallet, browser: Browser, service: PushService, settings: LazySettings
) -> None:
    settings.VAPID_SECRET = ""
    refused = subscribe(alice, service.url, browser.keys(), "two")
    for answer in (refused, Caller(alice).get("/push-subscriptions/key")):
        assert (answer.status_code, answer.json()["code"]) == (404, "push_is_off")
    assert deliveries.send_due(at=NOON) == 0
    assert service.taken == []


@pytest.mark.django_db
def test_base64url_is_read_with_padding_or_without() -> None:
    raw = bytes(range(16))
    padded = base64.urlsafe_b64encode(raw).decode()
    assert from_base64url(padded) == from_base64url(padded.rstrip("=")) == raw
