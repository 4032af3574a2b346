"""The browsers in which somebody is signed in: listed, ended, and nobody else's."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from tests.wallet.people import PASSWORD
from tests.web.browser import Visitor
from wallet.models import Wallet, WebSession
from wallet.proof.web_sessions import web_sessions_of

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a quiet harbour 1906"


def is_in(visitor: Visitor) -> bool:
    return bool(visitor.client.get("/activity").status_code == 200)


def listed(wallet: Wallet) -> int:
    return web_sessions_of(wallet.holder, at=timezone.now()).count()


def test_a_browser_is_ended_from_another_one(visitor: Visitor, alice: Wallet) -> None:
    lost = Visitor().sign_in(alice)
    assert (listed(alice), is_in(lost)) == (2, True)
    newest = web_sessions_of(alice.holder, at=timezone.now())[0]

    visitor.client.post(f"/settings/browsers/{newest.public_id}/end")

    assert (is_in(visitor), is_in(lost), listed(alice)) == (True, False, 1)
    again = visitor.client.post(f"/settings/browsers/{newest.public_id}/end")
    assert again.status_code == 404


def test_all_others_are_ended_at_once(visitor: Visitor, alice: Wallet) -> None:
    lost = [Visitor().sign_in(alice), Visitor().sign_in(alice)]

    visitor.client.post("/settings/devices")

    assert (is_in(visitor), [is_in(one) for one in lost]) == (True, [False, False])
    assert listed(alice) == 1


def test_a_new_password_ends_all_but_this_one(visitor: Visitor, alice: Wallet) -> None:
    lost = Visitor().sign_in(alice)

    visitor.client.post("/settings/password", {"old": PASSWORD, "new": NEW_PASSWORD})

    assert (is_in(visitor), is_in(lost), listed(alice)) == (True, False, 1)


def test_another_persons_browser_is_not_found(visitor: Visitor, bob: Wallet) -> None:
    theirs = Visitor().sign_in(bob)
    for name in (WebSession.objects.get(user=bob.holder).public_id, uuid.uuid4()):
        assert visitor.client.post(f"/settings/browsers/{name}/end").status_code == 404
    assert is_in(theirs)
    assert Client().post(f"/settings/browsers/{uuid.uuid4()}/end").status_code == 302


def test_what_signed_out_is_forgotten(visitor: Visitor, alice: Wallet) -> None:
    visitor.client.post("/sign-out")
    assert listed(alice) == 0

    Visitor().sign_in(alice)

    assert WebSession.objects.filter(user=alice.holder).count() == 1


def test_a_strange_browser_signs_in_as_well(alice: Wallet) -> None:
    odd = Client(headers={"User-Agent": "\x00" + "x" * 900})
    odd.post("/sign-in", {"phone": alice.holder.phone, "password": PASSWORD})
    assert odd.get("/settings/devices").status_code == 200
    assert len(WebSession.objects.get().user_agent) == 200
