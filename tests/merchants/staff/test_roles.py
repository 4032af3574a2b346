"""Roles: given by invitation, changed, ended; a merchant keeps an owner."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from merchants.access.permissions import ROLE_GIVES
from merchants.errors import LastOwner, RoleNotYours
from merchants.models import MerchantAudit, Role, StaffInvitation, StaffRole, Store
from merchants.staff.roles import end_role, require_giver
from tests.merchants.cast import DOYUN, MINJI, SENA, YUNA, Member, employ, newcomer, refused_by
from tests.wallet.people import Caller, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def invite(owner: Member, **changes: Any) -> Any:
    limit = won("5000")
    body = {"phone": SENA, "role": "CASHIER", "refund_limit": limit, **changes}
    return owner.post("/merchant/invitations", body)


def test_an_invitation_is_accepted_by_whoever_confirmed_the_number(
    owner: Member, corner_shop: Store
) -> None:
    invited = invite(owner, store_id=corner_shop.public_id)
    assert invited.status_code == 201, invited.json()
    assert SENA not in str(invited.json())
    sena = newcomer(SENA, confirmed=False)
    caller, path = Caller(sena), f"/merchant-invitations/{invited.json()['id']}/accept"
    assert caller.get("/merchant-invitations").json() == []
    assert caller.post(path, {}).json()["code"] == "phone_not_confirmed"
    sena.holder.phone_confirmed_at = timezone.now()
    sena.holder.save()
    (offer,) = caller.get("/merchant-invitations").json()
    assert (offer["role"], offer["store_name"]) == ("CASHIER", corner_shop.name)
    first, again = caller.post(path, {}, "k1"), caller.post(path, {}, "k1")
    assert first.status_code == 201, first.json()
    assert first.json() == again.json()
    held = StaffRole.objects.get(user=sena.holder)
    assert (held.role, held.store, held.refund_limit_minor) == ("CASHIER", corner_shop, 5000)
    assert caller.post(path, {}).json()["code"] == "invitation_not_open"
    assert [place["role"] for place in caller.get("/merchants").json()] == ["CASHIER"]
    assert MerchantAudit.objects.filter(action="invitation.accepted").count() == 1


def test_an_invitation_is_not_for_others_and_not_for_ever(owner: Member) -> None:
    number = invite(owner).json()["id"]
    yuna, sena = newcomer(YUNA), newcomer(SENA)
    for act in ("accept", "decline"):
        answer = Caller(yuna).post(f"/merchant-invitations/{number}/{act}", {})
        assert answer.status_code == 404
    StaffInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = Caller(sena).post(f"/merchant-invitations/{number}/accept", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "invitation_not_open")
    assert invite(owner).status_code == 201  # the old one makes room


def test_an_invitation_is_declined_or_revoked_once(owner: Member) -> None:
    first = invite(owner).json()["id"]
    sena = Caller(newcomer(SENA))
    assert sena.post(f"/merchant-invitations/{first}/decline", {}).status_code == 204
    assert sena.post(f"/merchant-invitations/{first}/decline", {}).status_code == 409
    second = invite(owner).json()["id"]
    assert owner.delete(f"/merchant/invitations/{second}").status_code == 204
    assert owner.delete(f"/merchant/invitations/{second}").status_code == 409
    accepted = sena.post(f"/merchant-invitations/{second}/accept", {})
    assert accepted.json()["code"] == "invitation_not_open"
    assert owner.get("/merchant/invitations").json()["items"] == []


def test_an_inviter_who_left_gives_no_role(
    owner: Member, minji: Wallet, corner_shop: Store
) -> None:
    number = invite(owner).json()["id"]
    employ(corner_shop.merchant, newcomer(DOYUN))
    end_role(held=StaffRole.objects.get(user=minji.holder), by=minji.holder, at=timezone.now())
    answer = Caller(newcomer(SENA)).post(f"/merchant-invitations/{number}/accept", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_yours")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"phone": "12"}, 400, "invalid_phone"),
        ({"role": "KING"}, 400, "invalid_request"),
        ({"role": "OWNER"}, 400, "role_unfit"),
        ({"refund_limit": None}, 400, "role_unfit"),
        ({"refund_limit": won("5.00", "USD")}, 400, "currency_mismatch"),
        ({"refund_limit": won("-5")}, 400, "invalid_request"),
        ({"store_id": "SNOTHERE"}, 404, "not_found"),
        ({"store_id": "\x00"}, 400, "invalid_request"),
        ({"store_id": []}, 400, "invalid_request"),
    ],
)
def test_a_bad_invitation_is_refused(
    owner: Member, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = invite(owner, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not StaffInvitation.objects.exists()


def test_an_owner_is_one_of_all_stores(owner: Member, corner_shop: Store) -> None:
    own = {"role": "OWNER", "refund_limit": None}
    answer = invite(owner, **own, store_id=corner_shop.public_id)
    assert (answer.status_code, answer.json()["code"]) == (400, "role_unfit")
    assert invite(owner, **own).status_code == 201


def test_a_number_is_invited_to_a_place_once(owner: Member, corner_shop: Store) -> None:
    assert invite(owner).status_code == 201
    assert invite(owner).json()["code"] == "invitation_open"
    assert invite(owner, store_id=corner_shop.public_id).status_code == 201


def test_inviting_needs_a_second_proof(minji: Wallet, corner_shop: Store) -> None:
    answer = invite(Member(minji, corner_shop.merchant, steps_up=False))
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


@pytest.mark.parametrize(
    ("giver", "given", "here"),
    list(product(list(Role)[1:], Role, ("all", "same", "other"))),
)
def test_a_role_reaches_as_far_as_its_own_place(
    corner_shop: Store, giver: Role, given: Role, here: str
) -> None:
    second = Store.objects.create(
        public_id="SSECOND", merchant=corner_shop.merchant, name="B", latin_name="B", city="Seoul"
    )
    wallet = newcomer(DOYUN)
    employ(corner_shop.merchant, wallet, giver, store=corner_shop)
    store = {"all": None, "same": corner_shop, "other": second}[here]
    try:
        require_giver(merchant=corner_shop.merchant, role=given, store=store, by=wallet.holder)
        gave = True
    except RoleNotYours:
        gave = False
    assert gave == (here == "same" and given in ROLE_GIVES[giver])


def test_a_manager_manages_their_own_store_only(owner: Member, corner_shop: Store) -> None:
    merchant = corner_shop.merchant
    doyun = newcomer(DOYUN)
    employ(merchant, doyun, Role.MANAGER, store=corner_shop)
    manager = Member(doyun, merchant)
    here = {"store_id": corner_shop.public_id}
    assert invite(manager, **here).status_code == 201
    assert invite(manager, phone=YUNA).json()["code"] == "role_not_yours"
    higher = {"role": "MANAGER", "refund_limit": None, "phone": YUNA}
    assert invite(manager, **here, **higher).json()["code"] == "role_not_yours"
    seen = manager.get("/merchant/staff").json()["items"]
    assert [each["role"] for each in seen] == ["MANAGER"]
    boss = StaffRole.objects.get(role=Role.OWNER)
    assert manager.delete(f"/merchant/staff/{boss.public_id}").status_code == 404


def test_a_role_is_changed_and_the_one_before_is_kept(owner: Member, corner_shop: Store) -> None:
    held = employ(corner_shop.merchant, newcomer(SENA), Role.CASHIER)
    path, viewer = f"/merchant/staff/{held.public_id}", {"role": "VIEWER"}
    changed = owner.put(path, viewer)
    assert (changed.status_code, changed.json()["role"]) == (200, "VIEWER")
    assert owner.put(path, viewer).status_code == 404
    held.refresh_from_db()
    assert held.ended_at is not None
    assert StaffRole.objects.filter(user=held.user, ended_at__isnull=True).count() == 1
    again = f"/merchant/staff/{changed.json()['id']}"
    assert owner.put(again, {"role": "CASHIER"}).json()["code"] == "role_unfit"
    assert owner.delete(again).status_code == 204
    assert owner.delete(again).status_code == 404


def test_anybody_may_leave_but_not_the_last_owner(
    owner: Member, minji: Wallet, corner_shop: Store
) -> None:
    wallet = newcomer(SENA)
    held = employ(corner_shop.merchant, wallet, Role.VIEWER)
    leaving = Member(wallet, corner_shop.merchant).delete(f"/merchant/staff/{held.public_id}")
    assert leaving.status_code == 204
    own = StaffRole.objects.get(user=minji.holder)
    for answer in (
        owner.delete(f"/merchant/staff/{own.public_id}"),
        owner.put(f"/merchant/staff/{own.public_id}", {"role": "VIEWER"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    employ(corner_shop.merchant, newcomer(DOYUN))
    assert owner.delete(f"/merchant/staff/{own.public_id}").status_code == 204
    assert owner.get("/merchant").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_eight_owners_who_leave_at_once_one_stays(corner_shop: Store) -> None:
    phones = [f"+82109999000{i}" for i in range(8)]
    held = [employ(corner_shop.merchant, newcomer(phone)) for phone in phones]
    barrier = threading.Barrier(8)

    def leave(role: StaffRole) -> str:
        barrier.wait()
        try:
            end_role(held=role, by=role.user, at=timezone.now())
        except LastOwner as exc:
            return exc.code
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(leave, held))
    assert outcomes == ["last_owner"] + ["left"] * 7
    assert StaffRole.objects.filter(ended_at__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_accepted_eight_times_at_once_gives_one_role(
    owner: Member, corner_shop: Store
) -> None:
    number = invite(owner).json()["id"]
    sena = newcomer(SENA)
    Caller(sena)
    barrier = threading.Barrier(8)

    def accept(_: int) -> int:
        barrier.wait()
        try:
            path = f"/merchant-invitations/{number}/accept"
            return int(Caller(sena).post(path, {}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(accept, range(8))) == [201] + [409] * 7
    assert StaffRole.objects.filter(user=sena.holder).count() == 1


def test_the_database_keeps_roles_whole(corner_shop: Store, minji: Wallet, rival: Store) -> None:
    changes: dict[str, dict[str, Any]] = {
        "merchants_staff_role_owner_stays": {"role": "VIEWER"},
        "merchants_staff_role_owner_of_all_stores": {"store": corner_shop},
        "merchants_staff_role_cashier_has_limit": {"refund_limit_minor": 1},
    }
    for name, change in changes.items():
        with refused_by(name):
            StaffRole.objects.update(**change)
    with refused_by("merchants_staff_role_owner_stays"):
        StaffRole.objects.all().delete()
    held = employ(corner_shop.merchant, newcomer(SENA), Role.VIEWER)
    changes = {
        "merchants_staff_role_role_known": {"role": "KING"},
        "merchants_staff_role_cashier_has_limit": {"role": "CASHIER"},
        "merchants_staff_role_store_of_merchant": {"store": rival},
    }
    for name, change in changes.items():
        with refused_by(name):
            StaffRole.objects.filter(pk=held.pk).update(**change)
    with refused_by("merchants_staff_role_one_each"):
        StaffRole.objects.create(
            merchant=held.merchant, user=held.user, role="VIEWER", began_at=timezone.now()
        )


def test_the_database_keeps_invitations_whole(
    owner: Member, corner_shop: Store, rival: Store
) -> None:
    invite(owner)
    none = {"refund_limit_minor": None}
    changes: dict[str, dict[str, Any]] = {
        "merchants_staff_invitation_role_known": {"role": "KING", **none},
        "merchants_staff_invitation_cashier_has_limit": none,
        "merchants_staff_invitation_answered_once": {"state": "ACCEPTED"},
        "merchants_invitation_store_of_merchant": {"store": rival},
        "merchants_staff_invitation_owner_of_all_stores": {
            "role": "OWNER",
            "store": corner_shop,
            **none,
        },
    }
    for name, change in changes.items():
        with refused_by(name):
            StaffInvitation.objects.update(**change)
    found = StaffInvitation.objects.get()
    found.pk, found.public_id = None, uuid.uuid4()
    with refused_by("merchants_staff_invitation_open_once"):
        found.save(force_insert=True)


def test_a_list_of_staff_costs_the_same_for_many(
    owner: Member, corner_shop: Store, django_assert_max_num_queries: Any
) -> None:
    for i in range(5):
        employ(corner_shop.merchant, newcomer(f"+8210999900{i:02}"), Role.VIEWER)
    with django_assert_max_num_queries(4):
        items = owner.get("/merchant/staff").json()["items"]
    assert len(items) == 6
    assert MINJI not in str(items)
