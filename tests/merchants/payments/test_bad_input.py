"""Whatever is wrong with a code, an order or a refund has an error of its own; nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from ledger.models import Transaction
from merchants.codes.mpm import tlv
from merchants.codes.mpm.payload import open_payload
from merchants.models import Payment, Store
from merchants.premises.posters import recall
from merchants.store_codes import printed_code
from tests.codes.payloads import PROMPTPAY, payload, sealed
from tests.merchants.cast import Program, keyed
from tests.merchants.payments.stories import NOON, books
from tests.wallet.codes.phones import enrolled
from tests.wallet.people import Caller, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
SCOPES = ("payments:read", "payments:write", "refunds:write")


@dataclass
class Counter:
    """A payer and a store's till, at the API; and the till of another merchant."""

    wallet: Wallet
    store: Store
    payer: Caller
    till: Program
    other_till: Program
    other: Store

    def pay(self, code: str, amount: str | None = "9000", currency: str = "KRW") -> Any:
        body: dict[str, Any] = {"wallet_id": str(self.wallet.public_id), "payload": code}
        if amount is not None:
            body["amount"] = won(amount, currency)
        return self.payer.post("/payments", body)

    def order(self, **changes: Any) -> dict[str, Any]:
        asked = {"store_id": self.store.public_id, "order_no": "A-1", "amount": won("12000")}
        return asked | changes

    def paid(self) -> str:
        code = self.till.post("/merchant/orders", self.order()).json()["payload"]
        return str(self.pay(code, None).json()["number"])

    def refund(self, number: str, amount: str, **changes: Any) -> Any:
        body = {"refund_no": "R-1", "amount": won(amount)} | changes
        return self.till.post(f"/merchant/payments/{number}/refunds", body)


@pytest.fixture
def counter(alice: Wallet, corner_shop: Store, rival: Store) -> Counter:
    """Alice at the counter of the corner shop."""
    mine, theirs = (Program(keyed(shop.merchant, *SCOPES)[1]) for shop in (corner_shop, rival))
    return Counter(alice, corner_shop, Caller(alice), mine, theirs, rival)


def objects_of(code: str, **changed: str) -> Iterator[tuple[str, str]]:
    """Yield the objects of a payload, some of them changed, without the checksum."""
    for found, value in open_payload(code).items():
        if found != "63":
            yield found, changed.get(f"o{found}", value)


def tampered(at: Counter) -> Any:
    mine, theirs = printed_code(at.store), at.other
    account = open_payload(mine)["26"].replace(at.store.public_id, theirs.public_id)
    return at.pay(_sealed(list(objects_of(mine, o26=account))))


def misread(at: Counter) -> Any:
    code = printed_code(at.store)
    return at.pay(code[:-1] + ("0" if code[-1] != "0" else "1"))


def truncated(at: Counter) -> Any:
    return at.pay(printed_code(at.store)[:-9])


def duplicated(at: Counter) -> Any:
    objects = [*objects_of(printed_code(at.store)), ("59", "Somebody Else")]
    return at.pay(_sealed(objects))


def _sealed(objects: list[tuple[str, str]]) -> str:
    """Return objects as they are under a checksum that fits."""
    return sealed("".join(f"{found}{len(value):02d}{value}" for found, value in objects))


def unsigned(at: Counter) -> Any:
    kept = [each for each in objects_of(printed_code(at.store)) if each[0] not in {"80", "81"}]
    return at.pay(_sealed(kept))


def foreign_key(at: Counter) -> Any:
    mine = printed_code(at.store)
    signature = tlv.parse(open_payload(mine)["80"])
    text = "".join(
        f"{found}{len(value):02d}{value}" for found, value in {**signature, "01": "ABCDEF"}.items()
    )
    return at.pay(_sealed(list(objects_of(mine, o80=text))))


def foreign(at: Counter) -> Any:
    return at.pay(payload({"26": PROMPTPAY, "52": None, "59": None, "60": None}))


def revoked(at: Counter) -> Any:
    old = printed_code(at.store)
    recall(store=at.store, version=1, actor="test", at=NOON)
    return at.pay(old)


def no_code(at: Counter) -> Any:
    return at.pay("https://example.com/pay")


def closed_store(at: Counter) -> Any:
    code = printed_code(at.store)
    Store.objects.filter(pk=at.store.pk).update(accepts=False)
    return at.pay(code)


def expired(at: Counter) -> Any:
    code = at.till.post("/merchant/orders", at.order()).json()["payload"]
    Payment.objects.update(expires_at=F("expires_at") - timedelta(hours=1))
    return at.pay(code, None)


def other_amount(at: Counter) -> Any:
    code = at.till.post("/merchant/orders", at.order()).json()["payload"]
    return at.pay(_sealed(list(objects_of(code, o54="100"))), None)


def unknown_order(at: Counter) -> Any:
    code = at.till.post("/merchant/orders", at.order()).json()["payload"]
    labels = open_payload(code)["62"]
    number = tlv.parse(labels)["05"]
    return at.pay(_sealed(list(objects_of(code, o62=labels.replace(number, "9" * 18)))), None)


def other_currency(at: Counter) -> Any:
    return at.pay(printed_code(at.store), "9", "USD")


def too_much(at: Counter) -> Any:
    return at.pay(printed_code(at.store), "60000")


def two_tills(at: Counter) -> Any:
    code = enrolled(at.wallet).code()
    first = at.till.post("/merchant/payments", at.order(code=code, amount=won("1")))
    assert first.status_code == 201
    body = at.order(code=code, store_id=at.other.public_id)
    return at.other_till.post("/merchant/payments", body)


def mistyped(at: Counter) -> Any:
    code = enrolled(at.wallet).code()
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    return at.till.post("/merchant/payments", at.order(code=wrong))


def same_order_other_amount(at: Counter) -> Any:
    at.till.post("/merchant/orders", at.order())
    return at.till.post("/merchant/orders", at.order(amount=won("5")))


def refund_above(at: Counter) -> Any:
    return at.refund(at.paid(), "12001")


def refund_number_again(at: Counter) -> Any:
    number = at.paid()
    assert at.refund(number, "1").status_code == 201
    return at.refund(number, "2")


def refund_unpaid(at: Counter) -> Any:
    number = at.till.post("/merchant/orders", at.order()).json()["number"]
    return at.refund(number, "100")


def refund_too_late(at: Counter) -> Any:
    number = at.paid()
    Payment.objects.update(paid_at=F("paid_at") - timedelta(days=366))
    return at.refund(number, "100")


def others_payment(at: Counter) -> Any:
    path = f"/merchant/payments/{at.paid()}/refunds"
    return at.other_till.post(path, {"refund_no": "R-1", "amount": won("100")})


BAD: dict[Callable[[Counter], Any], tuple[int, str]] = {
    tampered: (400, "code_signature_wrong"),
    misread: (400, "code_checksum_wrong"),
    truncated: (400, "code_structure_broken"),
    duplicated: (400, "code_object_duplicated"),
    unsigned: (400, "code_unsigned"),
    foreign_key: (400, "code_key_unknown"),
    foreign: (400, "code_foreign"),
    revoked: (400, "code_revoked"),
    no_code: (400, "code_not_emvco"),
    closed_store: (404, "unknown_store"),
    expired: (409, "payment_ended"),
    other_amount: (409, "code_outdated"),
    unknown_order: (404, "unknown_payment"),
    other_currency: (400, "currency_mismatch"),
    too_much: (402, "insufficient_funds"),
    two_tills: (403, "consumer_code_refused"),
    mistyped: (400, "consumer_code_malformed"),
    same_order_other_amount: (409, "order_conflict"),
    refund_above: (409, "refund_too_large"),
    refund_number_again: (409, "refund_conflict"),
    refund_too_late: (409, "refund_window_over"),
    others_payment: (404, "not_found"),
}


@pytest.mark.parametrize("attempt", BAD, ids=lambda attempt: attempt.__name__)
def test_it_has_an_error_of_its_own_and_nothing_moves(
    counter: Counter, attempt: Callable[[Counter], Any]
) -> None:
    answer = attempt(counter)

    assert (answer.status_code, answer.json().get("code")) == BAD[attempt]
    # What was paid before it was tried stands, and no more than that.
    paid = sum(each.captured_minor for each in Payment.objects.all())
    fees = sum(each.fee_minor for each in Payment.objects.all())
    back = sum(each.refunded_minor for each in Payment.objects.all())
    assert books(counter.wallet, counter.store) == (50_000 - paid + back, paid - fees - back)
    moved = Transaction.objects.filter(kind__in=["PAYMENT", "REFUND"]).count()
    assert moved == Payment.objects.exclude(paid_at=None).count() + (back > 0)


def test_no_two_of_them_have_the_same_error() -> None:
    assert len(set(BAD.values())) == len(BAD)


def test_what_is_unpaid_is_not_refunded(counter: Counter) -> None:
    answer = refund_unpaid(counter)
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_ended")
    assert books(counter.wallet, counter.store) == (50_000, 0)
