"""Dead letters and anything else, sent again: by the API, in the admin, by the command."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from merchants.events.numbering import number_due
from merchants.models import MerchantAudit, Store, WebhookDelivery, WebhookEndpoint
from merchants.webhooks import sending
from merchants.webhooks.deliveries import MOST_ATTEMPTS
from merchants.webhooks.listening import listener
from merchants.webhooks.secrets import key_of
from tests.merchants.access.test_admin import staff_client
from tests.merchants.admin.desk import REASON, do, outcomes
from tests.merchants.cast import Member
from tests.merchants.payments.stories import NOON
from tests.merchants.webhooks.receiver import Receiver
from tests.merchants.webhooks.stories import OTHER_SECRET, SECRET, happen, outcome, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint) -> str:
    """An event whose delivery was given up; the receiver is well again."""
    (event,) = happen(corner_shop)
    number_due(at=NOON)
    deliveries = WebhookDelivery.objects.filter(event__isnull=False)
    deliveries.update(attempts=MOST_ATTEMPTS - 1)
    hook.statuses = [500]
    sending.send_due(at=NOON)
    assert outcome(event)[:2] == ("DEAD", MOST_ATTEMPTS)
    hook.statuses = [204]
    return event


def path(endpoint: WebhookEndpoint) -> str:
    return f"/merchant/webhooks/{endpoint.public_id}"


def arrive(later: timedelta = timedelta(days=400)) -> None:
    sending.send_due(at=NOON + later)


def test_dead_letters_are_listed_and_sent_again(
    owner: Member, hook: Receiver, endpoint: WebhookEndpoint, dead: str
) -> None:
    listed = owner.get(f"{path(endpoint)}/deliveries?state=DEAD").json()["items"]
    assert [(row["event_id"], row["answered"]) for row in listed] == [(dead, 500)]
    again = owner.post(f"{path(endpoint)}/replay", {"dead": True}, "k1")
    assert (again.status_code, again.json()) == (200, {"sent_again": 1})
    assert owner.post(f"{path(endpoint)}/replay", {"dead": True}, "k1").json() == again.json()
    arrive()
    assert outcome(dead) == ("DELIVERED", 1, "")
    assert hook.ids[-2:] == [dead, dead]
    assert hook.taken[-1][1] == hook.taken[-2][1]
    assert MerchantAudit.objects.filter(action="webhook.replayed").count() == 1


def test_one_is_sent_again_by_its_id(
    owner: Member, hook: Receiver, endpoint: WebhookEndpoint, dead: str
) -> None:
    row = WebhookDelivery.objects.get(event__public_id=dead)
    body = {"delivery_id": str(row.public_id)}
    assert owner.post(f"{path(endpoint)}/replay", body).json() == {"sent_again": 1}
    arrive()
    assert hook.ids[-1] == dead


def test_everything_since_is_sent_to_an_endpoint_that_was_not_there_yet(
    owner: Member, corner_shop: Store, hook: Receiver
) -> None:
    first, second, third = happen(corner_shop, 3)
    made = register(corner_shop, hook.url)
    sending.send_due(at=NOON)
    again = owner.post(f"{path(made)}/replay", {"from_sequence": 2})
    assert again.json() == {"sent_again": 2}
    arrive()
    assert sorted(m["id"] for m in hook.messages) == sorted([second, third])
    assert first not in hook.ids


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"dead": False},
        {"dead": True, "from_sequence": 1},
        {"from_sequence": 0},
        {"from_sequence": 2**63},
        {"from_sequence": "x"},
        {"delivery_id": "x"},
    ],
)
def test_what_is_not_one_of_three_is_400(
    owner: Member, endpoint: WebhookEndpoint, body: dict[str, Any]
) -> None:
    assert owner.post(f"{path(endpoint)}/replay", body).status_code == 400


def test_another_endpoints_delivery_is_not_found(
    owner: Member, corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint, dead: str
) -> None:
    other = register(corner_shop, hook.url)
    WebhookEndpoint.objects.filter(pk=other.pk).update(state="ACTIVE")
    row = WebhookDelivery.objects.get(event__public_id=dead)
    body = {"delivery_id": str(row.public_id)}
    assert owner.post(f"{path(other)}/replay", body).status_code == 404


def test_nothing_is_sent_again_to_who_is_not_verified(
    owner: Member, corner_shop: Store, hook: Receiver
) -> None:
    made = register(corner_shop, hook.url)
    answer = owner.post(f"{path(made)}/replay", {"dead": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_not_active")


def test_staff_send_again_in_the_admin(hook: Receiver, dead: str) -> None:
    row = WebhookDelivery.objects.get(event__public_id=dead)
    path = f"/admin/merchants/webhookdelivery/{row.pk}/do/send_again/"
    client = staff_client()
    assert do(client, path, reason="").status_code == 200
    assert do(client, path).status_code == 302
    arrive()
    assert outcome(dead) == ("DELIVERED", 1, "")
    assert outcomes() == ["done"]
    assert MerchantAudit.objects.filter(action="webhook.replayed", reason=REASON).exists()


def test_the_command_sends_again(endpoint: WebhookEndpoint, hook: Receiver, dead: str) -> None:
    said = StringIO()
    call_command("webhook", "replay", str(endpoint.public_id), "--dead", stdout=said)
    assert said.getvalue() == "1 are sent again; 1 messages arrived\n"
    assert outcome(dead) == ("DELIVERED", 1, "")
    with pytest.raises(CommandError):
        call_command("webhook", "replay", "00000000-0000-0000-0000-000000000000", "--dead")


@pytest.fixture
def said(inside: None) -> Iterator[tuple[str, list[str]]]:
    """A developer's receiver: its address, and what it printed."""
    lines: list[str] = []
    server = listener(port=0, key=key_of(SECRET), say=lines.append)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", lines
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_developer_listens_and_triggers(corner_shop: Store, said: tuple[str, list[str]]) -> None:
    url, lines = said
    made = register(corner_shop, url, at=timezone.now())
    call_command("webhook", "trigger", corner_shop.merchant.public_id, stdout=StringIO())
    made.refresh_from_db()
    assert made.state == "ACTIVE"
    assert lines[0].startswith("webhook.verification")
    printed = StringIO()
    call_command("webhook", "trigger", corner_shop.merchant.public_id, stdout=printed)
    assert printed.getvalue().endswith(": 1 messages arrived\n")
    assert lines[-1].startswith("webhook.test")
    call_command("webhook", "replay", str(made.public_id), "--from", "2", stdout=StringIO())
    assert "(again)" in lines[-1]


def test_a_developers_receiver_refuses_another_secrets_signature(
    corner_shop: Store, said: tuple[str, list[str]]
) -> None:
    url, lines = said
    register(corner_shop, url, at=timezone.now(), secret=OTHER_SECRET)
    sending.send_due(at=timezone.now())
    assert lines == ["refused: the signature does not fit"]
