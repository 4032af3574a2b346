"""Who is let in at the merchant API, for which merchant, and to which stores."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from merchants.access.permissions import Permission
from merchants.access.principal import Grant, Principal
from merchants.api.access import CallerThrottle
from merchants.api_keys.callers import principal_of_secret
from merchants.models import ApiKeySecret, Role, Store
from merchants.premises.terminals import add_terminal, revoke_terminal
from merchants.staff.roles import end_role
from tests.merchants.cast import DOYUN, SENA, Member, Program, employ, keyed, newcomer
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def test_staff_and_keys_are_let_in(owner: Member, corner_shop: Store) -> None:
    _, secret = keyed(corner_shop.merchant, "merchant:read")
    shown = owner.get("/merchant")
    assert (shown.status_code, shown.json()["id"]) == (200, corner_shop.merchant.public_id)
    assert Program(secret).get("/merchant").json() == shown.json()


@pytest.mark.parametrize(
    "secret", ["mk_live_" + "a" * 40, "mk_live_", "", "x" * 5000, "mk_live_" + "A" * 40, "\x7f"]
)
def test_a_key_that_is_none_is_401(corner_shop: Store, secret: str) -> None:
    answer = Program(secret).get("/merchant")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert answer["WWW-Authenticate"] == 'Bearer realm="merchant"'


def test_nobody_and_a_broken_token_are_401(corner_shop: Store) -> None:
    assert Client().get("/api/v1/merchant").status_code == 401
    broken = Client(headers={"Authorization": "Token x", "Merchant-Id": "M1"})
    assert broken.get("/api/v1/merchant").status_code == 401


def test_a_person_says_for_which_merchant(minji: Wallet, corner_shop: Store, rival: Store) -> None:
    nameless = Member(minji, corner_shop.merchant)
    del nameless.client.defaults["HTTP_MERCHANT_ID"]
    answer = nameless.get("/merchant")
    assert (answer.status_code, answer.json()["code"]) == (400, "merchant_not_named")
    absent = Member(minji, corner_shop.merchant)
    answers = []
    for name in (rival.merchant.public_id, "MNOBODY", "m'--", "M" * 300, "가"):
        absent.client.defaults["HTTP_MERCHANT_ID"] = name
        answers.append(absent.get("/merchant"))
    assert {answer.status_code for answer in answers} == {404}
    assert all(answer.json() == answers[0].json() for answer in answers)


def test_a_role_that_ended_lets_nobody_in(corner_shop: Store, minji: Wallet) -> None:
    wallet = newcomer(SENA)
    held = employ(corner_shop.merchant, wallet, Role.VIEWER)
    viewer = Member(wallet, corner_shop.merchant)
    assert viewer.get("/merchant").status_code == 200
    end_role(held=held, by=minji.holder, at=timezone.now())
    assert viewer.get("/merchant").status_code == 404


def test_what_a_role_or_scope_lacks_is_403_and_named(corner_shop: Store, minji: Wallet) -> None:
    wallet = newcomer(SENA)
    employ(corner_shop.merchant, wallet, Role.VIEWER)
    _, secret = keyed(corner_shop.merchant, "payments:read")
    for caller in (Member(wallet, corner_shop.merchant), Program(secret)):
        answer = caller.post("/merchant/stores", {})
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
        assert answer.json()["permission"] == "stores:write"


def test_a_key_may_not_ask_for_what_a_person_has_to(corner_shop: Store, minji: Wallet) -> None:
    _, secret = keyed(corner_shop.merchant, "merchant:read")
    held = minji.holder.merchant_roles.get()
    answer = Program(secret).delete(f"/merchant/staff/{held.public_id}")
    assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


def test_a_method_that_is_not_there_is_405(owner: Member) -> None:
    assert owner.delete("/merchant").status_code == 405


def test_a_grant_for_one_store_reaches_that_store_only(corner_shop: Store, minji: Wallet) -> None:
    merchant = corner_shop.merchant
    second = Store.objects.create(
        public_id="SSECOND", merchant=merchant, name="B", latin_name="B", city="Seoul"
    )
    wallet = newcomer(DOYUN)
    employ(merchant, wallet, Role.CASHIER, store=corner_shop, refund_limit_minor=500)
    employ(merchant, wallet, Role.MANAGER, store=second)
    member = Member(wallet, merchant)
    seen = member.get("/merchant/stores").json()["items"]
    assert {store["id"] for store in seen} == {corner_shop.public_id, second.public_id}
    change = {"name": "새이름"}
    assert member.patch(f"/merchant/stores/{second.public_id}", change).status_code == 200
    assert member.patch(f"/merchant/stores/{corner_shop.public_id}", change).status_code == 404
    assert member.post("/merchant/stores", {}).status_code == 403
    assert member.get("/merchant/fee-plan").status_code == 403


def test_of_several_grants_the_most_generous_refund_limit_counts(corner_shop: Store) -> None:
    refunds = frozenset({Permission.REFUNDS_WRITE})

    def limit(*grants: Grant) -> int | None:
        return Principal(corner_shop.merchant, "user:1", grants).refund_limit(corner_shop.pk)

    at_store = Grant(refunds, store_id=corner_shop.pk, refund_limit_minor=500)
    assert limit(at_store) == 500
    assert limit(at_store, Grant(refunds, refund_limit_minor=900)) == 900
    assert limit(at_store, Grant(refunds)) is None
    assert limit(Grant(refunds, store_id=corner_shop.pk + 1)) == 0
    assert limit(Grant(frozenset())) == 0


def test_a_keys_last_use_is_written_once_an_hour(
    corner_shop: Store, django_assert_num_queries: Any
) -> None:
    _, secret = keyed(corner_shop.merchant, "merchant:read")
    now = timezone.now()

    def used(at: datetime) -> datetime | None:
        assert principal_of_secret(secret=secret, at=at) is not None
        return ApiKeySecret.objects.get().last_used_at

    assert used(now) == now
    assert used(now + timedelta(minutes=59)) == now
    with django_assert_num_queries(1):
        principal_of_secret(secret=secret, at=now + timedelta(minutes=59))
    assert used(now + timedelta(minutes=60)) == now + timedelta(minutes=60)


def test_a_revoked_till_takes_its_key_along(corner_shop: Store) -> None:
    now = timezone.now()
    till = add_terminal(store=corner_shop, label="1", actor="test", at=now)
    _, secret = keyed(corner_shop.merchant, "merchant:read", store=corner_shop, terminal=till)
    found = principal_of_secret(secret=secret, at=now)
    assert found is not None
    assert found.terminal_id == till.pk
    revoke_terminal(terminal=till, actor="test", at=now)
    assert principal_of_secret(secret=secret, at=now) is None


def test_a_suspended_merchant_still_reads(owner: Member, corner_shop: Store) -> None:
    merchant = corner_shop.merchant
    merchant.status = "SUSPENDED"
    merchant.save(update_fields=["status"])
    assert owner.get("/merchant").json()["status"] == "SUSPENDED"


def test_each_key_has_a_rate_of_its_own_at_one_address(
    corner_shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(CallerThrottle, "THROTTLE_RATES", {"user": "3/min", "anon": "1/min"})
    busy, calm = (Program(keyed(corner_shop.merchant, "merchant:read")[1]) for _ in range(2))
    answers = [busy.get("/merchant") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert answers[3].json()["code"] == "throttled"
    assert calm.get("/merchant").status_code == 200
    cache.clear()
