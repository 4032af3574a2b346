"""Which codes are paid by: signed by us, and not recalled. All others say why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from merchants import store_codes
from merchants.codes.ours.signing import SigningKey, signing_keys
from merchants.codes.ours.store_code import StoreCode, write_store_code
from merchants.errors import PosterVersionsSpent, PosterVersionUnknown
from merchants.models import MerchantAudit, Payment, Store
from merchants.models.merchants import MOST_POSTER_VERSIONS
from merchants.premises.posters import recall, renew
from merchants.printing.layout import payee_code
from tests.codes.payloads import PROMPTPAY, payload
from tests.codes.test_signing import parts, resealed
from tests.merchants.cast import Member, Program, keyed, refused_by
from tests.wallet.people import Caller, held, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def said(store: Store, **changes: Any) -> StoreCode:
    code = StoreCode(
        merchant_id=store.merchant.public_id,
        store_id=store.public_id,
        name=store.name,
        latin_name=store.latin_name,
        city=store.city,
        country="KR",
        currency="KRW",
        merchant_category_code="5411",
        poster_version=1,
    )
    return replace(code, **changes)


def outcome(alice: Wallet, text: str) -> set[str]:
    """What looking and paying say; they say the same."""
    payer = Caller(alice)
    body = {"wallet_id": str(alice.public_id), "payload": text, "amount": won("1000")}
    looked = payer.post("/codes/look", {"payload": text}).json()
    paid = payer.post("/payments", body).json()
    return {looked.get("code") or "seen", paid.get("code") or paid["state"]}


def test_the_poster_of_a_store_is_paid_by(alice: Wallet, corner_shop: Store) -> None:
    assert outcome(alice, store_codes.printed_code(corner_shop)) == {"seen", "SUCCEEDED"}


def test_the_store_may_be_typed_as_it_stands_on_the_poster(
    alice: Wallet, corner_shop: Store
) -> None:
    assert outcome(alice, payee_code(corner_shop)) == {"seen", "SUCCEEDED"}
    assert outcome(alice, f" {corner_shop.public_id.lower()} ") == {"seen", "SUCCEEDED"}
    assert outcome(alice, "S2222222222") == {"unknown_store"}


def test_each_code_that_is_not_ours_says_so(alice: Wallet, corner_shop: Store) -> None:
    genuine = store_codes.printed_code(corner_shop)
    stranger = Ed25519PrivateKey.generate()
    table = {
        "code_unsigned": write_store_code(said(corner_shop)),
        "code_key_unknown": write_store_code(said(corner_shop), SigningKey(stranger)),
        "code_signature_wrong": resealed(parts(genuine) | {"59": "Other Shop"}),
        "code_checksum_wrong": genuine[:-4] + ("0000" if genuine[-4:] != "0000" else "1111"),
        "code_foreign": payload({"26": None, "29": PROMPTPAY}),
        "code_object_duplicated": payload({"26": "0009app.jigap0101M0101M"}),
        "code_not_emvco": "https://example.com/pay",
        "code_structure_broken": genuine[:40],
    }
    for code, text in table.items():
        assert outcome(alice, text) == {code}, code
    assert held(alice) == 50_000
    assert not Payment.objects.exists()


def test_a_foreign_code_is_explained(alice: Wallet) -> None:
    text = payload({"26": None, "29": PROMPTPAY})
    answer = Caller(alice).post("/codes/look", {"payload": text})
    assert (answer.status_code, answer.json()["scheme_name"]) == (400, "PromptPay")
    assert "PromptPay code of Sonamu Coffee" in answer.json()["detail"]
    unknown = Caller(alice).post("/codes/look", {"payload": payload()}).json()
    assert (unknown["code"], unknown["scheme_name"]) == ("code_foreign", None)


def test_a_recalled_poster_is_worth_nothing_and_the_next_one_is(
    alice: Wallet, corner_shop: Store, owner: Member
) -> None:
    path = f"/merchant/stores/{corner_shop.public_id}/posters"
    first = owner.get(path).json()
    renewed = owner.post(path, None, "k1")
    assert (renewed.status_code, renewed.json()["version"]) == (201, 2)
    assert owner.post(path, None, "k1").json()["version"] == 2
    assert outcome(alice, first["payload"]) == {"seen", "SUCCEEDED"}
    recalled = owner.post(f"{path}/recall", {"version": 1}).json()
    assert (recalled["version"], recalled["oldest_version"]) == (2, 2)
    assert outcome(alice, first["payload"]) == {"code_revoked"}
    assert outcome(alice, renewed.json()["payload"]) == {"seen", "SUCCEEDED"}
    again = owner.post(f"{path}/recall", {"version": 1}).json()
    assert (again["version"], again["oldest_version"]) == (2, 2)
    newest = owner.post(f"{path}/recall", {"version": 2}).json()
    assert (newest["version"], newest["oldest_version"]) == (3, 3)
    actions = MerchantAudit.objects.filter(action__startswith="poster").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "poster.renewed",
        "poster.recalled",
        "poster.recalled",
    ]


def test_a_version_nobody_made_is_not_recalled(corner_shop: Store, owner: Member) -> None:
    path = f"/merchant/stores/{corner_shop.public_id}/posters/recall"
    answer = owner.post(path, {"version": 2})
    assert (answer.status_code, answer.json()["code"]) == (404, "poster_version_unknown")
    for wrong in (0, -1, 100_000, "x", None, 1.5):
        assert owner.post(path, {"version": wrong}).status_code == 400
    with pytest.raises(PosterVersionUnknown):
        recall(store=corner_shop, version=0, actor="x", at=timezone.now())


def test_versions_end_somewhere(corner_shop: Store) -> None:
    Store.objects.update(poster_version=MOST_POSTER_VERSIONS)
    with pytest.raises(PosterVersionsSpent):
        renew(store=corner_shop, actor="x", at=timezone.now())
    with pytest.raises(PosterVersionsSpent):
        recall(store=corner_shop, version=MOST_POSTER_VERSIONS, actor="x", at=timezone.now())


def test_the_database_lets_no_recalled_poster_come_back(corner_shop: Store) -> None:
    Store.objects.update(poster_version=3, oldest_poster_version=3)
    for changes in (
        {"oldest_poster_version": 2},
        {"poster_version": 2, "oldest_poster_version": 2},
    ):
        with refused_by("merchants_store_posters_forward"):
            Store.objects.update(**changes)
    with refused_by("merchants_store_poster_versions_ordered"):
        Store.objects.update(oldest_poster_version=4)


def test_who_may_only_look_renews_and_recalls_nothing(corner_shop: Store) -> None:
    looks = Program(keyed(corner_shop.merchant, "codes:read")[1])
    path = f"/merchant/stores/{corner_shop.public_id}/posters"
    assert looks.get(path).status_code == 200
    assert looks.post(path, None).status_code == 403
    assert looks.post(f"{path}/recall", {"version": 1}).status_code == 403


def test_everybody_may_fetch_the_keys() -> None:
    answer = Client().get("/api/v1/codes/keys")
    assert answer.status_code == 200
    (key,) = answer.json()["keys"]
    assert (key["id"], key["algorithm"], len(key["public_key"])) == (
        signing_keys()[0].id,
        "Ed25519",
        43,
    )
