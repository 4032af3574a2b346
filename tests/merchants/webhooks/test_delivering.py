"""Delivered at least once, signed, with patience, and never at another endpoint's expense."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from merchants.events.numbering import number_due
from merchants.models import Merchant, Store, WebhookDelivery, WebhookEndpoint
from merchants.webhooks import deliveries, endpoints, sending
from merchants.webhooks.outcomes import Outcome
from merchants.webhooks.secrets import key_of
from merchants.webhooks.signing import headers_of, is_genuine
from tests.merchants.payments.stories import NOON, ask, confirm
from tests.merchants.webhooks.receiver import Receiver, is_signed, receiver
from tests.merchants.webhooks.stories import SECOND, SECRET, happen, outcome, registered
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def test_a_payment_arrives_as_polling_would_show_it(
    alice: Wallet, corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    payment = confirm(ask(corner_shop), alice)
    assert sending.send_due(at=NOON) == 2
    by_kind = {message["type"]: message for message in hook.messages}
    paid = by_kind["payment.succeeded"]
    assert (paid["data"]["number"], paid["sequence"]) == (payment.number, 2)
    headers, body = hook.taken[-1]
    assert is_signed(SECRET, headers, body)
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert headers["content-type"] == "application/json"
    assert sending.send_due(at=NOON) == 0


def test_a_failure_is_tried_again_under_the_same_id_until_it_arrives(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    hook.statuses = [500, 503, 200]
    (event,) = happen(corner_shop)
    assert sending.send_due(at=NOON) == 0
    assert outcome(event) == ("PENDING", 1, "refused")
    sending.send_due(at=NOON + SECOND)
    assert len(hook.messages) == 1
    sending.send_due(at=NOON + 6 * SECOND)
    sending.send_due(at=NOON + timedelta(minutes=6))
    assert outcome(event) == ("DELIVERED", 3, "")
    assert hook.ids[1:] == [event] * 3
    assert len({body for _, body in hook.taken[1:]}) == 1


def test_within_three_days_it_is_given_up(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    hook.statuses = [500]
    (event,) = happen(corner_shop)
    at = NOON
    while outcome_or_none(event) != "DEAD":
        sending.send_due(at=at)
        at = max(at + SECOND, WebhookDelivery.objects.latest("pk").due_at)
    assert outcome(event) == ("DEAD", 10, "refused")
    tried = WebhookDelivery.objects.latest("pk").tried_at
    assert tried is not None
    assert timedelta(hours=60) < tried - NOON <= timedelta(days=3)
    sending.send_due(at=NOON + timedelta(days=30))
    assert len(hook.messages) == 10


def outcome_or_none(event: str) -> str:
    found = WebhookDelivery.objects.filter(event__public_id=event).first()
    return "" if found is None else found.state


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429])
def test_a_redirect_is_not_followed_and_no_refusal_is_final(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint, status: int
) -> None:
    hook.statuses = [status]
    (event,) = happen(corner_shop)
    sending.send_due(at=NOON)
    assert len(hook.messages) == 1
    assert outcome(event) == ("PENDING", 1, "refused")
    assert WebhookDelivery.objects.latest("pk").answered == status


def test_gone_is_the_end_until_it_is_verified_again(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    hook.statuses = [410, 200]
    first, second = happen(corner_shop), happen(corner_shop)
    sending.send_due(at=NOON)
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_because) == ("DISABLED", "GONE")
    assert {outcome(first[0])[0], outcome(second[0])[0]} <= {"DEAD", "DELIVERED"}
    happen(corner_shop)
    sending.send_due(at=NOON + timedelta(hours=1))
    assert len(hook.messages) <= 2
    endpoints.verify(endpoint=endpoint, actor="test", at=NOON + timedelta(hours=1))
    sending.send_due(at=NOON + timedelta(hours=1))
    endpoint.refresh_from_db()
    assert endpoint.state == "ACTIVE"


@pytest.mark.usefixtures("impatient")
def test_a_huge_answer_is_not_read(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    hook.body = b"x" * 20_000_000
    (event,) = happen(corner_shop)
    sending.send_due(at=NOON)
    assert outcome(event) == ("DELIVERED", 1, "")


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_does_not_come_is_a_failure(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    hook.holds = threading.Event()
    (event,) = happen(corner_shop)
    sending.send_due(at=NOON)
    assert outcome(event) == ("PENDING", 1, "timeout")


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_comes_a_byte_at_a_time_is_a_failure(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    hook.drips = True
    (event,) = happen(corner_shop)
    sending.send_due(at=NOON)
    assert outcome(event) == ("PENDING", 1, "timeout")


def test_who_does_not_answer_holds_up_nobody_else(
    corner_shop: Store, rival: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    with receiver() as quick:
        registered(rival, quick)
        hook.holds = threading.Event()
        happen(corner_shop, 20)
        others = happen(rival, 20)

        def when_all_are_there() -> None:
            for _ in range(21):  # with the challenge
                assert quick.arrived.acquire(timeout=60)
            assert hook.holds is not None
            hook.holds.set()

        watcher = threading.Thread(target=when_all_are_there)
        watcher.start()
        # If the slow one held up the others, they would never all be there, and it never let go.
        sending.send_due(at=NOON)
        watcher.join()
        assert sorted(m["id"] for m in quick.messages) == sorted(others)


def test_one_endpoint_has_four_messages_under_way_and_a_failing_one_has_one(
    corner_shop: Store, endpoint: WebhookEndpoint
) -> None:
    happen(corner_shop, 10)
    number_due(at=NOON)
    assert len(deliveries.claim(most=32, at=NOON)) == 4
    assert deliveries.claim(most=32, at=NOON) == []
    later = NOON + deliveries.LEASE
    WebhookEndpoint.objects.update(failing_since=NOON)
    assert len(deliveries.claim(most=32, at=later)) == 1


def test_turns_are_taken_so_that_a_crowd_leaves_room(
    corner_shop: Store, rival: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    registered(rival, hook)
    happen(corner_shop, 10)
    happen(rival, 1)
    number_due(at=NOON)
    taken = deliveries.claim(most=2, at=NOON)
    assert {row.endpoint.merchant_id for row in taken} == {
        corner_shop.merchant_id,
        rival.merchant_id,
    }


def test_a_late_failure_does_not_undo_what_somebody_else_did_since(
    corner_shop: Store, endpoint: WebhookEndpoint
) -> None:
    (event,) = happen(corner_shop)
    number_due(at=NOON)
    (slow,) = deliveries.claim(most=1, at=NOON)
    after = NOON + deliveries.LEASE
    (taken_up,) = deliveries.claim(most=1, at=after)
    assert (slow.pk, slow.attempts, taken_up.attempts) == (taken_up.pk, 1, 2)
    deliveries.settle(delivery=slow, outcome=Outcome(error="timeout"), at=after)
    assert WebhookDelivery.objects.get(pk=slow.pk).leased_until == after + deliveries.LEASE
    deliveries.settle(delivery=taken_up, outcome=Outcome(204), at=after)
    deliveries.settle(delivery=slow, outcome=Outcome(500), at=after)
    assert outcome(event)[0] == "DELIVERED"


def test_who_relays_while_somebody_does_leaves_it_to_them(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    happen(corner_shop)
    number_due(at=NOON)
    deliveries.claim(most=1, at=NOON)
    happen(corner_shop)
    assert sending.relay(at=NOON) == 0
    assert sending.relay(at=NOON + deliveries.LEASE) == 2


def test_the_signature_is_the_standards() -> None:
    """The example of the standard's reference libraries."""
    at = datetime.fromtimestamp(1_614_265_330, tz=UTC)
    body, message_id = b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek"
    headers = headers_of(message_id=message_id, body=body, keys=[key_of(SECRET)], at=at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    key = key_of(SECRET)
    assert is_genuine(headers=headers, body=body, key=key, at=at)
    tampered = [
        ({}, body + b" ", at),
        ({"webhook-id": "msg_2"}, body, at),
        ({"webhook-timestamp": "1614265331"}, body, at),
        ({"webhook-timestamp": "x"}, body, at),
        ({"webhook-timestamp": "٣"}, body, at),
        ({"webhook-timestamp": "9" * 40}, body, at),
        ({"webhook-signature": "v1a,x \udcff"}, body, at),
        ({"webhook-signature": ""}, body, at),
        ({}, body, at + timedelta(minutes=6)),
        ({}, body, at - timedelta(minutes=6)),
    ]
    for changes, sent, when in tampered:
        assert not is_genuine(headers=headers | changes, body=sent, key=key, at=when)


def test_a_merchant_without_webhooks_wakes_nobody(corner_shop: Store) -> None:
    happen(corner_shop)
    assert Merchant.objects.get(pk=corner_shop.merchant_id).has_webhooks is False
    assert sending.relay(at=NOON) == 0
    assert not WebhookDelivery.objects.exists()
