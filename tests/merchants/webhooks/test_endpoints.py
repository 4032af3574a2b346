"""Registered, challenged, verified, rotated, moved, removed: over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from merchants.models import Merchant, Store, WebhookEndpoint, WebhookSecret
from merchants.webhooks import endpoints, sending
from merchants.webhooks.secrets import key_of, seal, unseal
from tests.merchants.cast import Member, Program, keyed, refused_by
from tests.merchants.payments.stories import NOON
from tests.merchants.webhooks.receiver import Receiver, is_signed
from tests.merchants.webhooks.stories import (
    OTHER_SECRET,
    SECOND,
    SECRET,
    happen,
    register,
    registered,
)

pytestmark = pytest.mark.django_db
HOOKS = "/merchant/webhooks"


def ask(owner: Member, url: str, key: str = "k1", **more: Any) -> Any:
    return owner.post(HOOKS, {"url": url, **more}, key)


def test_the_secret_is_shown_once_and_events_wait_for_the_challenge(
    owner: Member, corner_shop: Store, hook: Receiver
) -> None:
    made = ask(owner, hook.url, label="till")
    assert made.status_code == 201, made.json()
    secret, webhook = made.json()["secret"], made.json()["id"]
    again = ask(owner, hook.url, label="till")
    assert (again.json()["id"], "secret" in again.json()) == (webhook, False)
    happen(corner_shop)
    sending.send_due(at=timezone.now())
    # The event happened before the endpoint was anybody's for certain.
    assert hook.messages == []
    (headers, body), *_ = hook.taken
    assert is_signed(secret, headers, body)
    assert owner.get(f"{HOOKS}/{webhook}").json()["state"] == "ACTIVE"
    (event_id,) = happen(corner_shop)
    sending.send_due(at=timezone.now())
    assert [m["id"] for m in hook.messages] == [event_id]
    assert is_signed(secret, *hook.taken[-1])
    shown = owner.get(HOOKS).content.decode() + owner.get(f"{HOOKS}/{webhook}").content.decode()
    assert secret not in shown


def test_who_does_not_answer_the_challenge_is_told_nothing(
    corner_shop: Store, hook: Receiver
) -> None:
    hook.echoes = False
    made = register(corner_shop, hook.url)
    happen(corner_shop)
    sending.send_due(at=NOON)
    made.refresh_from_db()
    assert (made.state, hook.messages) == ("UNVERIFIED", [])
    assert made.deliveries.get().error == "challenge_not_answered"
    hook.echoes = True
    sending.send_due(at=NOON + 6 * SECOND)
    made.refresh_from_db()
    assert made.state == "ACTIVE"


def test_an_earlier_challenge_does_not_verify_another_address(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    moved = endpoints.Wanted(hook.url + "&moved")
    endpoints.change(endpoint=endpoint, wanted=moved, actor="test", at=NOON)
    endpoint.refresh_from_db()
    assert endpoint.state == "UNVERIFIED"
    sending.send_due(at=NOON)
    endpoint.refresh_from_db()
    assert endpoint.state == "ACTIVE"


def test_only_the_kinds_asked_for_are_told(corner_shop: Store, hook: Receiver) -> None:
    registered(corner_shop, hook, "payment.succeeded")
    happen(corner_shop)
    sending.send_due(at=NOON)
    assert hook.messages == []


def test_while_one_secret_takes_over_both_sign(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    endpoints.rotate(
        endpoint=endpoint,
        secret=OTHER_SECRET,
        overlap=timedelta(hours=1),
        actor="test",
        at=NOON + SECOND,
    )
    happen(corner_shop)
    sending.send_due(at=NOON + 2 * SECOND)
    during = hook.taken[-1]
    assert is_signed(SECRET, *during)
    assert is_signed(OTHER_SECRET, *during)
    happen(corner_shop)
    sending.send_due(at=NOON + timedelta(hours=1, seconds=2))
    after = hook.taken[-1]
    assert (is_signed(SECRET, *after), is_signed(OTHER_SECRET, *after)) == (False, True)


def test_a_third_secret_waits_unless_the_others_end_at_once(
    owner: Member, endpoint: WebhookEndpoint
) -> None:
    path = f"{HOOKS}/{endpoint.public_id}/rotate"
    first = owner.post(path, {"overlap_hours": 24})
    assert (first.status_code, first.json()["secret"][:6]) == (200, "whsec_")
    second = owner.post(path, {"overlap_hours": 24})
    assert (second.status_code, second.json()["code"]) == (409, "webhook_secret_overlap")
    third = owner.post(path, {"overlap_hours": 0})
    assert len(third.json()["secrets"]) == 1


def test_no_secret_stands_in_the_database_as_it_is(endpoint: WebhookEndpoint) -> None:
    (kept,) = WebhookSecret.objects.all()
    sealed = bytes(kept.sealed)
    assert key_of(SECRET) not in sealed
    assert unseal(sealed, endpoint) == key_of(SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(s)::text FROM merchants_webhooksecret AS s")
        assert SECRET[6:] not in cursor.fetchone()[0]


def test_a_secret_opens_for_its_own_endpoint_only(
    corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    other = register(corner_shop, hook.url)
    WebhookSecret.objects.filter(endpoint=other).update(sealed=seal(SECRET, endpoint))
    sending.send_due(at=NOON)
    assert other.deliveries.get().error == "sealed_otherwise"


def test_a_removed_webhook_is_gone(
    owner: Member, corner_shop: Store, hook: Receiver, endpoint: WebhookEndpoint
) -> None:
    path = f"{HOOKS}/{endpoint.public_id}"
    assert owner.delete(path).status_code == 204
    assert owner.get(path).status_code == 404
    happen(corner_shop)
    sending.send_due(at=timezone.now())
    assert hook.messages == []
    assert Merchant.objects.get(pk=corner_shop.merchant_id).has_webhooks is False
    assert not WebhookSecret.objects.exists()


def test_a_merchant_keeps_ten(owner: Member, corner_shop: Store, hook: Receiver) -> None:
    for number in range(10):
        register(corner_shop, f"{hook.url}{number}")
    answer = ask(owner, hook.url)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


@pytest.mark.parametrize(
    "changes",
    [
        {"url": ""},
        {"url": None},
        {"url": ["x"]},
        {"url": "https://8.8.8.8/\x00"},
        {"url": "https://8.8.8.8/" + "x" * 500},
        {"url": "https://8.8.8.8/", "types": ["payment.paid"]},
        {"url": "https://8.8.8.8/", "types": "payment.succeeded"},
        {"url": "https://8.8.8.8/", "types": ["payment.succeeded"] * 99},
        {"url": "https://8.8.8.8/", "label": "\ud800"},
        {"url": "https://8.8.8.8/", "label": "x" * 41},
    ],
)
def test_what_is_no_webhook_is_400(owner: Member, changes: dict[str, Any]) -> None:
    assert owner.post(HOOKS, changes).status_code == 400
    assert not WebhookEndpoint.objects.exists()


def test_a_program_may_keep_webhooks_with_the_scope(corner_shop: Store, hook: Receiver) -> None:
    program = Program(keyed(corner_shop.merchant, "webhooks:write", "webhooks:read")[1])
    made = ask(program, hook.url)
    assert made.status_code == 201
    changed = program.patch(f"{HOOKS}/{made.json()['id']}", {"types": ["payment.succeeded"]})
    assert changed.json()["types"] == ["payment.succeeded"]
    assert changed.json()["url"] == hook.url


def test_what_cannot_be_is_refused_by_the_database(endpoint: WebhookEndpoint) -> None:
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    with refused_by("merchants_webhook_state_known"):
        rows.update(state="GONE")
    with refused_by("merchants_webhook_disabled_says_why"):
        rows.update(state="DISABLED")
    with refused_by("merchants_webhook_one_current_secret"):
        WebhookSecret.objects.create(endpoint=endpoint, sealed=b"x", made_at=NOON)
    with refused_by("merchants_webhook_delivery_state_known"):
        endpoint.deliveries.update(state="LOST")
    with refused_by("merchants_webhook_delivery_leased_while_pending"):
        endpoint.deliveries.update(state="DEAD", leased_until=NOON)
