"""Everything over the API, with nothing of the server's: a telephone, a till, an upload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from merchants.models import Role, Store, TillCertificate
from merchants.offline.reference.book import Book
from merchants.offline.reference.checks import Limits
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.wire import certificates
from merchants.offline.wire.certificates import TILL_PREFIX
from merchants.offline.wire.records import unseal
from merchants.premises.terminals import add_terminal
from tests.merchants.cast import Member, Program, employ, keyed, newcomer
from tests.merchants.offline.stories import known, reserve
from tests.wallet.devices.phones import Phone
from tests.wallet.people import BOB, Caller, held, won
from wallet.models import IdempotencyRecord, Wallet

pytestmark = pytest.mark.django_db
SCOPES = ("offline:write", "payments:read")
TERMS = {
    "accepts": True,
    "each": won("30000"),
    "allowance": won("60000"),
    "day": won("500000"),
    "stored": won("300000"),
}


def seconds() -> int:
    return int(timezone.now().timestamp())


@pytest.fixture
def payer(alice: Wallet) -> Wallet:
    """Alice, verified and of long standing."""
    return known(alice)


@pytest.fixture
def program(corner_shop: Store, owner: Member) -> Program:
    """The program of a till, whose merchant opted in."""
    answer = owner.client.put(
        "/api/v1/merchant/offline/terms", TERMS, content_type="application/json"
    )
    assert answer.status_code == 200, answer.json()
    assert answer.json()["list_hours"] == 24
    terminal = add_terminal(store=corner_shop, label="1", actor="test", at=timezone.now())
    return Program(keyed(corner_shop.merchant, *SCOPES, store=corner_shop, terminal=terminal)[1])


def certify(program: Program, store: Store, **changes: Any) -> tuple[Ed25519Key, Any]:
    key, terminal = Ed25519Key(), store.terminals.get()
    signed = f"jigap.till-key.v1\n{terminal.public_id}\n{key.public.hex()}".encode()
    body = {"public_key": key.public.hex(), "signature": key.sign(signed).hex()} | changes
    return key, program.post(f"/merchant/terminals/{terminal.public_id}/offline-certificate", body)


def keys_of(document: Any) -> dict[bytes, bytes]:
    return {
        bytes.fromhex(each["key_id"]): bytes.fromhex(each["public_key"])
        for each in document["issuer_keys"]
    }


def till_of(program: Program, store: Store) -> Till:
    key, answer = certify(program, store)
    assert answer.status_code == 201, answer.json()
    said = answer.json()
    body, issued = unseal(TILL_PREFIX, said["certificate"], 1, longest=500)
    ceilings = [int(said["terms"][name]["amount"]) for name in list(TERMS)[1:]]
    hours = (said["terms"]["list_hours"], said["terms"]["upload_hours"])
    till = Till(
        key=key,
        certificate=certificates.TillCertificate.read(body),
        issued=issued,
        code_key=bytes.fromhex(said["code_key"]),
        issuers=keys_of(said),
        limits=Limits(*[*ceilings, *hours]),
        book=Book(uploaded_at=seconds()),
    )
    listed = program.get("/merchant/offline/revocations")
    till.synchronize(listed.json()["revocations"], at=seconds())
    return till


def load(wallet: Wallet, amount: str = "20000") -> tuple[Telephone, Any]:
    phone = Phone(wallet.holder)
    phone.bind(wallet)
    body = {"device_id": phone.device, "amount": won(amount)}
    answer = Caller(wallet).post(f"/wallets/{wallet.public_id}/offline-allowances", body)
    assert answer.status_code == 201, answer.json()
    key = Ed25519Key(phone.key.private_bytes_raw())
    said = answer.json()
    return Telephone.load(key=key, issuers=keys_of(said), text=said["certificate"]), said


def test_both_without_a_network_and_the_till_uploads_in_the_evening(
    payer: Wallet, corner_shop: Store, program: Program
) -> None:
    till = till_of(program, corner_shop)
    phone, said = load(payer)
    assert (said["state"], said["amount"], said["each"]) == ("ACTIVE", won("20000"), 20_000)
    for minor, order_no in ((12_000, "A-1"), (5_000, None)):
        till.accept(phone.pay(till.ask(minor, at=seconds(), order_no=order_no), at=seconds()),
                    at=seconds())  # fmt: skip
    batch = [{"voucher": kept.text, "order_no": kept.order_no} for kept in till.batch()]
    answer = program.post("/merchant/offline/vouchers", {"vouchers": batch})
    assert answer.status_code == 200, answer.json()
    outcomes = answer.json()["outcomes"]
    assert [(o["state"], o["paid"]) for o in outcomes] == [
        ("PAID", won("12000")),
        ("PAID", won("5000")),
    ]
    till.uploaded([o["voucher_id"] for o in outcomes], at=seconds())
    assert till.batch() == []
    again = program.post("/merchant/offline/vouchers", {"vouchers": batch}).json()["outcomes"]
    assert [o["is_repeat"] for o in again] == [True, True]
    number = outcomes[0]["payment_number"]
    shown = program.get(f"/merchant/payments/{number}").json()
    assert (shown["order_no"], shown["state"]) == ("A-1", "SUCCEEDED")
    listed = program.get("/merchant/offline/vouchers").json()["items"]
    assert [each["payment_number"] for each in listed][1] == number
    caller, base = Caller(payer), f"/wallets/{payer.public_id}"
    assert caller.get(f"{base}/offline-allowances/{said['id']}").json()["claimed"] == won("17000")
    wallet = caller.get(base).json()
    assert (wallet["offline"], wallet["available"]) == (won("3000"), won("30000"))
    lines = caller.get(f"{base}/activity?account=offline").json()["lines"]
    assert [(line["title"], line["amount"]["amount"]) for line in lines][:2] == [
        ("결제", "-5000"),
        ("결제", "-12000"),
    ]
    ended = caller.post(f"{base}/offline-allowances/{said['id']}/end", {})
    assert (ended.status_code, ended.json()["state"]) == (200, "ENDED")


def test_only_the_till_has_no_network(alice: Wallet, corner_shop: Store, program: Program) -> None:
    till, payer = till_of(program, corner_shop), Caller(alice)
    code = till.ask(7_000, at=seconds(), order_no="A-2")
    seen = payer.post("/till-payments/look", {"payload": code}).json()
    assert (seen["store_name"], seen["amount"]) == ("모퉁이가게", won("7000"))
    body = {"wallet_id": str(alice.public_id), "payload": code}
    paid = payer.post("/till-payments", body, key="k1")
    assert paid.status_code == 201, paid.json()
    shown = paid.json()
    assert till.accept_receipt(shown["receipt"], at=seconds()).number == shown["payment"]["number"]
    assert payer.post("/till-payments", body, key="k1").json() == shown
    assert payer.post("/till-payments", body, key="k2").json() == shown
    other = till.ask(1_000, at=seconds())
    digits = payer.post("/till-payments", body | {"payload": other}).json()["digits"]
    till.accept_digits(bytes.fromhex(next(iter(till.book.asked))), digits)
    assert held(alice) == 42_000


def test_a_till_gets_a_certificate_by_its_own_key_only(
    corner_shop: Store, owner: Member, program: Program
) -> None:
    general = Program(keyed(corner_shop.merchant, *SCOPES)[1])
    for caller in (general, owner):
        _, answer = certify(caller, corner_shop)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (403, "terminal_key_needed")
    _, answer = certify(program, corner_shop, signature="00" * 64)
    assert (answer.status_code, answer.json()["code"]) == (400, "till_key_invalid")
    for wrong in ({"public_key": "zz"}, {"public_key": None}, {"signature": "\x00"}):
        _, answer = certify(program, corner_shop, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert not TillCertificate.objects.exists()


def test_the_answer_to_a_repeat_has_the_secret_which_is_not_stored(
    corner_shop: Store, program: Program
) -> None:
    key, terminal = Ed25519Key(), corner_shop.terminals.get()
    signed = f"jigap.till-key.v1\n{terminal.public_id}\n{key.public.hex()}".encode()
    body = {"public_key": key.public.hex(), "signature": key.sign(signed).hex()}
    path = f"/merchant/terminals/{terminal.public_id}/offline-certificate"
    first, again = (program.post(path, body, key="same") for _ in range(2))
    assert first.json() == again.json()
    assert "code_key" not in json.dumps(IdempotencyRecord.objects.get(key="same").body)


def test_ceilings_that_do_not_fit_or_in_another_currency(owner: Member) -> None:
    for changes, code in (
        ({"allowance": won("10000")}, "offline_terms_unsound"),
        ({"each": won("1.00", "USD")}, "currency_mismatch"),
        ({"each": "much"}, "invalid_request"),
    ):
        answer = owner.client.put(
            "/api/v1/merchant/offline/terms", TERMS | changes, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert owner.get("/merchant/offline/terms").status_code == 404


def test_a_cashier_uploads_and_sets_no_terms(corner_shop: Store, program: Program) -> None:
    bob = newcomer(BOB)
    employ(corner_shop.merchant, bob, Role.CASHIER)
    cashier = Member(bob, corner_shop.merchant)
    sent = {"vouchers": [{"voucher": "JGV1:ABC"}]}
    answer = cashier.post("/merchant/offline/vouchers", sent)
    assert answer.json()["outcomes"][0]["code"] == "offline_code_broken"
    put = cashier.client.put(
        "/api/v1/merchant/offline/terms", TERMS, content_type="application/json"
    )
    assert (put.status_code, put.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"vouchers": []},
        {"vouchers": "JGV1:"},
        {"vouchers": [{"voucher": 5, "order_no": "a b"}]},
        {"vouchers": [{"voucher": "x" * 451}]},
        {"vouchers": [{"voucher": "x"}] * 10_001},
    ],
)
def test_what_is_no_upload(program: Program, body: Any) -> None:
    answer = program.post("/merchant/offline/vouchers", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("text", ["JGV1:\udcff", "JGS1:\x00", "JGV1:" + "0" * 440, "⛄"])
def test_a_strange_voucher_is_refused_and_no_error(program: Program, text: str) -> None:
    answer = program.post("/merchant/offline/vouchers", {"vouchers": [{"voucher": text}]})
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer.json()["outcomes"][0]["code"] == "offline_code_broken"


def test_an_allowance_is_refused_with_its_reason(alice: Wallet) -> None:
    phone = Phone(alice.holder)
    phone.bind(alice)
    path = f"/wallets/{alice.public_id}/offline-allowances"
    body = {"device_id": phone.device, "amount": won("1000")}
    answer = Caller(alice).post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "offline_not_eligible")
    known(alice)
    answer = Caller(alice).post(path, body | {"amount": won("100001")})
    assert (answer.json()["code"], answer.json()["left"]) == ("allowance_too_large", "100000")
    answer = Caller(alice, pin=None).post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "pin_required")
    assert reserve(alice) == 0


def test_the_keys_are_anybodys_and_the_exposure_is_the_staffs(
    payer: Wallet, corner_shop: Store
) -> None:
    load(payer)
    assert Client().get("/api/v1/offline/issuer-keys").json()["keys"][0]["public_key"]
    caller = Caller(payer)
    assert caller.get("/offline/exposure").status_code == 403
    payer.holder.is_staff = True
    payer.holder.save()
    (found,) = caller.get("/offline/exposure").json()
    assert (found["unexpired"], found["allowances"]) == (won("20000"), 1)
