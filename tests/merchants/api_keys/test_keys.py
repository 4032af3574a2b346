"""API keys: shown once, stored hashed, rotated with an overlap, revoked at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from merchants.api_keys.callers import principal_of_secret
from merchants.api_keys.keys import MOST_KEYS, rotate_key
from merchants.api_keys.secrets import digest, is_secret, new_secret
from merchants.models import ApiKey, ApiKeySecret, MerchantAudit, Store
from merchants.premises.terminals import add_terminal
from tests.merchants.cast import Member, Program, keyed, refused_by
from wallet.models import IdempotencyRecord, Wallet
from wallet.proof.proofs import STEP_UP_HEADER

pytestmark = pytest.mark.django_db


def make(owner: Member, key: str | None = None, **changes: Any) -> Any:
    body = {"label": "카운터", "scopes": ["merchant:read", "payments:write"], **changes}
    return owner.post("/merchant/api-keys", body, key)


def rotate(owner: Member, key_id: str, hours: int | None = None) -> Any:
    body = {} if hours is None else {"overlap_hours": hours}
    return owner.post(f"/merchant/api-keys/{key_id}/rotate", body)


def reads(secret: str) -> bool:
    return bool(Program(secret).get("/merchant").status_code == 200)


def test_a_secret_is_shown_once_and_stored_nowhere(owner: Member) -> None:
    made = make(owner, "k1")
    assert made.status_code == 201, made.json()
    secret = made.json()["secret"]
    assert is_secret(secret)
    assert reads(secret)
    again = make(owner, "k1")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert "secret" not in again.json()
    assert again.json() == {k: v for k, v in made.json().items() if k != "secret"}
    stored = ApiKeySecret.objects.get()
    assert bytes(stored.hashed) == digest(secret)
    shown = owner.get(f"/merchant/api-keys/{made.json()['id']}").content.decode()
    tail = secret[16:]
    for text in (
        shown,
        owner.get("/merchant/api-keys").content.decode(),
        str(list(IdempotencyRecord.objects.values())),
        str(list(MerchantAudit.objects.values())),
        str(list(ApiKeySecret.objects.values())),
    ):
        assert tail not in text
    assert secret[:16] in shown


def test_secrets_are_long_random_and_of_one_form() -> None:
    made = {new_secret() for _ in range(1000)}
    assert len(made) == 1000
    assert all(is_secret(secret) and len(secret) == 48 for secret in made)
    assert not is_secret(new_secret() + "\n")


def test_a_rotated_secret_is_valid_until_the_overlap_ends(owner: Member) -> None:
    made = make(owner).json()
    second = rotate(owner, made["id"], 1)
    assert second.status_code == 200, second.json()
    assert reads(made["secret"])
    assert reads(second.json()["secret"])
    assert len(second.json()["secrets"]) == 2
    third = rotate(owner, made["id"], 1)
    assert (third.status_code, third.json()["code"]) == (409, "secret_overlap")
    old = ApiKeySecret.objects.get(hashed=digest(made["secret"]))
    assert old.expires_at is not None
    before, after = old.expires_at - timedelta(microseconds=1), old.expires_at
    assert principal_of_secret(secret=made["secret"], at=before) is not None
    assert principal_of_secret(secret=made["secret"], at=after) is None


def test_a_rotation_without_overlap_ends_every_earlier_secret(owner: Member) -> None:
    made = make(owner).json()
    second = rotate(owner, made["id"]).json()
    third = rotate(owner, made["id"], 0)
    assert third.status_code == 200
    assert not reads(made["secret"])
    assert not reads(second["secret"])
    assert reads(third.json()["secret"])


def test_a_key_is_the_same_caller_after_a_rotation(owner: Member) -> None:
    made = make(owner).json()
    now = timezone.now()
    before = principal_of_secret(secret=made["secret"], at=now)
    after = principal_of_secret(secret=rotate(owner, made["id"]).json()["secret"], at=now)
    assert before is not None
    assert after is not None
    assert before.idempotency_principal == after.idempotency_principal


def test_a_revoked_key_is_out_at_once_and_for_good(owner: Member) -> None:
    made = make(owner).json()
    for _ in range(2):
        assert owner.delete(f"/merchant/api-keys/{made['id']}").status_code == 204
    assert not reads(made["secret"])
    answer = rotate(owner, made["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "api_key_revoked")
    assert MerchantAudit.objects.filter(action="api_key.revoked").count() == 1


def test_a_key_is_for_a_store_or_a_till_of_it(owner: Member, corner_shop: Store) -> None:
    till = add_terminal(store=corner_shop, label="1", actor="test", at=timezone.now())
    place = {"store_id": corner_shop.public_id, "terminal_id": till.public_id}
    made = make(owner, **place, scopes=["stores:read", "terminals:read"]).json()
    assert (made["store_id"], made["terminal_id"]) == tuple(place.values())
    seen = Program(made["secret"]).get("/merchant/stores").json()["items"]
    assert [store["id"] for store in seen] == [corner_shop.public_id]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"scopes": []}, 400, "invalid_request"),
        ({"scopes": ["everything"]}, 400, "invalid_request"),
        ({"scopes": ["keys:write"]}, 400, "invalid_request"),
        ({"scopes": "merchant:read"}, 400, "invalid_request"),
        ({"label": ""}, 400, "invalid_request"),
        ({"label": "\u202e"}, 400, "invalid_request"),
        ({"store_id": "SNOTHERE"}, 404, "not_found"),
        ({"terminal_id": "TNOTHERE"}, 400, "invalid_request"),
    ],
)
def test_a_bad_key_is_refused(
    owner: Member, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = make(owner, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("hours", [-1, 721, "x", 1.5])
def test_a_bad_overlap_is_refused(owner: Member, hours: Any) -> None:
    made = make(owner).json()
    assert rotate(owner, made["id"], hours).json()["code"] == "invalid_request"


def test_making_and_rotating_need_a_second_proof(minji: Wallet, corner_shop: Store) -> None:
    without = Member(minji, corner_shop.merchant, steps_up=False)
    key, _ = keyed(corner_shop.merchant, "merchant:read")
    for answer in (make(without), rotate(without, str(key.public_id))):
        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


def test_a_hundred_keys_are_enough(owner: Member, corner_shop: Store) -> None:
    now = timezone.now()
    ApiKey.objects.bulk_create(
        ApiKey(merchant=corner_shop.merchant, label="x", scopes=["merchant:read"], made_at=now)
        for _ in range(MOST_KEYS)
    )
    assert make(owner).json()["code"] == "too_many_api_keys"


def test_the_database_keeps_keys_whole(owner: Member, corner_shop: Store, rival: Store) -> None:
    key, _ = keyed(corner_shop.merchant, "merchant:read", store=corner_shop)
    now = timezone.now()
    till = add_terminal(store=rival, label="1", actor="test", at=now)
    changes: dict[str, dict[str, Any]] = {
        "merchants_api_key_has_scopes": {"scopes": []},
        "merchants_api_key_terminal_in_store": {"store": None, "terminal": till},
        "merchants_api_key_store_of_merchant": {"store": rival},
        "merchants_api_key_terminal_of_store": {"terminal": till},
    }
    for name, change in changes.items():
        with refused_by(name):
            ApiKey.objects.update(**change)
    with refused_by("merchants_api_key_one_current_secret"):
        ApiKeySecret.objects.create(key=key, shown="x", hashed=b"x", made_at=now)


def test_the_overlap_is_bounded(corner_shop: Store) -> None:
    key, secret = keyed(corner_shop.merchant, "merchant:read")
    now = timezone.now()
    rotate_key(key=key, secret=new_secret(), overlap=timedelta(days=999), actor="test", at=now)
    assert principal_of_secret(secret=secret, at=now + timedelta(days=31)) is None


@pytest.mark.django_db(transaction=True)
def test_of_eight_rotations_at_once_one_gives_a_secret(owner: Member) -> None:
    path = f"/merchant/api-keys/{make(owner).json()['id']}/rotate"
    body = {"overlap_hours": 1}
    proofs = [owner.token("POST", path, body) for _ in range(8)]
    barrier = threading.Barrier(8)

    def act(number: int) -> int:
        proof = {STEP_UP_HEADER: proofs[number]}
        barrier.wait()
        try:
            return int(owner.once("POST", path, body, f"k{number}", proof).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(act, range(8))) == [200] + [409] * 7
    assert ApiKeySecret.objects.filter(expires_at__isnull=True).count() == 1
    assert ApiKeySecret.objects.count() == 2
