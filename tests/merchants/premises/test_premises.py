"""Stores and tills: added, changed, revoked; opening hours and positions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from merchants.errors import InvalidOpeningHours
from merchants.models import MerchantAudit, Store, Terminal
from merchants.premises.hours import check_hours, is_open
from tests.merchants.cast import Member, refused_by

db = pytest.mark.django_db
STORE = {
    "name": "둘째가게",
    "latin_name": "Second Shop",
    "city": "Busan",
    "address": "부산시 해운대구",
    "merchant_category_code": "5814",
    "opening_hours": {"MON": [["09:00", "12:00"], ["13:00", "24:00"]]},
    "position": {"latitude": "35.158698", "longitude": "129.160384"},
}


@db
def test_a_store_is_added_and_changed_and_each_change_is_kept(owner: Member) -> None:
    added = owner.post("/merchant/stores", STORE)
    assert added.status_code == 201, added.json()
    assert added.json().items() >= STORE.items()
    path = f"/merchant/stores/{added.json()['id']}"
    shown = owner.get(path)
    assert shown.json() == added.json()
    assert owner.client.get(f"/api/v1{path}", HTTP_IF_NONE_MATCH=shown["ETag"]).status_code == 304
    changed = owner.patch(path, {"accepts": False, "position": None, "city": "Busan"})
    assert (changed.json()["accepts"], changed.json()["position"]) == (False, None)
    facts = MerchantAudit.objects.get(action="store.changed").facts
    assert facts["before"] == {
        "accepts": True,
        "latitude_e6": 35158698,
        "longitude_e6": 129160384,
    }
    assert owner.patch(path, {"accepts": False}).status_code == 200
    assert MerchantAudit.objects.filter(action="store.changed").count() == 1


@db
@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "가" * 26},
        {"latin_name": "둘째"},
        {"latin_name": " "},
        {"latin_name": "a\nb"},
        {"merchant_category_code": "58140"},
        {"zone": "Mars/Olympus"},
        {"opening_hours": {"MON": [["09:00", "08:00"]]}},
        {"opening_hours": []},
        {"opening_hours": None},
        {"position": {"latitude": "90.000001", "longitude": "0"}},
        {"position": {"latitude": "1e3", "longitude": "0"}},
        {"position": {"latitude": "NaN", "longitude": "0"}},
        {"position": {"latitude": "1"}},
        {"position": "here"},
    ],
)
def test_a_bad_store_is_refused(owner: Member, changes: dict[str, Any]) -> None:
    count = Store.objects.count()
    answer = owner.post("/merchant/stores", {**STORE, **changes})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), changes
    existing = Store.objects.get(name="모퉁이가게")
    answer = owner.patch(f"/merchant/stores/{existing.public_id}", changes)
    assert answer.status_code == 400
    assert Store.objects.count() == count


@db
def test_the_same_key_adds_one_store(owner: Member) -> None:
    first, again = (owner.post("/merchant/stores", STORE, "k1") for _ in range(2))
    assert first.json() == again.json()
    assert Store.objects.filter(name="둘째가게").count() == 1


@db
def test_a_till_is_added_under_its_own_label_and_revoked(
    owner: Member, corner_shop: Store
) -> None:
    body = {"store_id": corner_shop.public_id, "label": "카운터 1"}
    added = owner.post("/merchant/terminals", body)
    assert added.status_code == 201, added.json()
    taken = owner.post("/merchant/terminals", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "terminal_label_taken")
    path = f"/merchant/terminals/{added.json()['id']}"
    first, again = owner.delete(path), owner.delete(path)
    assert first.json()["revoked_at"] == again.json()["revoked_at"] is not None
    assert owner.post("/merchant/terminals", body).status_code == 201
    assert len(owner.get("/merchant/terminals").json()["items"]) == 2
    assert MerchantAudit.objects.filter(action="terminal.revoked").count() == 1
    with refused_by("merchants_terminal_label_once"):
        Terminal.objects.update(revoked_at=None)


@db
@pytest.mark.parametrize("page", ["limit=0", "limit=x", "after=x", "limit=99999999999"])
def test_a_bad_page_is_refused(owner: Member, page: str) -> None:
    for path in ("stores", "terminals", "staff", "invitations", "api-keys", "fee-agreements"):
        assert owner.get(f"/merchant/{path}?{page}").json()["code"] == "invalid_request"


@db
def test_stores_come_in_pages(owner: Member) -> None:
    for i in range(3):
        assert owner.post("/merchant/stores", {**STORE, "name": str(i)}).status_code == 201
    first = owner.get("/merchant/stores?limit=2").json()
    rest = owner.get(f"/merchant/stores?limit=2&after={first['next']}").json()
    names = [store["name"] for store in first["items"] + rest["items"]]
    assert (names, rest["next"]) == (["2", "1", "0", "모퉁이가게"], None)


@db
@pytest.mark.parametrize(
    ("latitude", "longitude"), [(1, None), (None, 1), (90_000_001, 0), (0, -180_000_001)]
)
def test_the_database_keeps_positions_on_earth(
    corner_shop: Store, latitude: int | None, longitude: int | None
) -> None:
    with refused_by("merchants_store_position_on_earth"):
        Store.objects.update(latitude_e6=latitude, longitude_e6=longitude)


@pytest.mark.parametrize(
    "hours",
    [
        [],
        {"SUNDAY": []},
        {"MON": "09:00"},
        {"MON": [["09:00"]]},
        {"MON": [["9:00", "10:00"]]},
        {"MON": [["24:00", "25:00"]]},
        {"MON": [["09:00", "09:00"]]},
        {"MON": [["22:00", "02:00"]]},
        {"MON": [["09:00", "12:00"], ["11:00", "13:00"]]},
        {"MON": [["09:00", "12:00"], ["12:00", "13:00"]]},
        {"MON": [["01:00", "02:00"]] * 5},
        {"MON": [[9, 10]]},
        {"MON": [["\u0660\u0669:00", "10:00"]]},
        {"MON": [["09:00\n", "10:00"]]},
    ],
)
def test_hours_that_are_none_are_refused(hours: object) -> None:
    with pytest.raises(InvalidOpeningHours):
        check_hours(hours)


def test_a_store_is_open_by_its_own_clock() -> None:
    hours = check_hours({"MON": [["09:00", "12:00"], ["13:00", "24:00"]], "SUN": []})
    assert list(hours) == ["MON"]
    monday = datetime(2026, 11, 22, 15, tzinfo=UTC)  # midnight in Seoul
    opened = [
        is_open(hours=hours, zone="Asia/Seoul", at=monday + timedelta(hours=h)) for h in range(24)
    ]
    assert opened == [9 <= h < 12 or h >= 13 for h in range(24)]
    assert is_open(hours={}, zone="Asia/Seoul", at=monday)
