"""Every route of the merchant API: who is let in, and what of others is not found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern
from django.utils import timezone

from ledger.money import Money
from merchants.access.permissions import ROLE_PERMISSIONS
from merchants.api import urls as outer
from merchants.api.access import MerchantView
from merchants.api.merchant import urls as inner
from merchants.calendars.terms import terms_of
from merchants.events.numbering import number_due
from merchants.events.recording import record
from merchants.exports.requests import ask as ask_for_export
from merchants.models import (
    Export,
    Merchant,
    MerchantBankAccount,
    Role,
    Settlement,
    SettlementRun,
    StaffInvitation,
    StaffRole,
    Store,
)
from merchants.payments.orders import ask
from merchants.payments.paying import Bill
from merchants.premises.terminals import add_terminal
from merchants.webhooks.endpoints import Wanted, register
from merchants.webhooks.secrets import new_secret
from tests.merchants.cast import (
    SENA,
    YUNA,
    Member,
    Program,
    application,
    employ,
    keyed,
    newcomer,
    refused_by,
)
from tests.merchants.disputes.stories import contest, paid
from tests.wallet.people import Caller
from wallet.models import Wallet
from wallet.proof.proofs import STEP_UP_HEADER

METHODS = ("get", "post", "put", "patch", "delete")
ABSENT = {
    "number": "0" * 18,
    "order_no": "NOTHERE",
    "store_id": "SNOTHERE",
    "terminal_id": "TNOTHERE",
    "role_id": "00000000-0000-0000-0000-000000000000",
    "invitation_id": "00000000-0000-0000-0000-000000000000",
    "key_id": "00000000-0000-0000-0000-000000000000",
    "account_id": "00000000-0000-0000-0000-000000000000",
    "application_id": "00000000-0000-0000-0000-000000000000",
    "settlement_id": "0",
    "month": "1999-01",
    "export_id": "00000000-0000-0000-0000-000000000000",
    "dispute_id": "00000000-0000-0000-0000-000000000000",
    "event_id": "00000000-0000-0000-0000-000000000000",
    "webhook_id": "00000000-0000-0000-0000-000000000000",
}


def routes() -> Iterator[tuple[str, str, type[Any]]]:
    """Yield each address, method and view of the merchant API."""
    patterns = [("merchant/", pattern) for pattern in inner.urlpatterns]
    for before, pattern in [*patterns, *(("", pattern) for pattern in outer.urlpatterns)]:
        assert isinstance(pattern, URLPattern)
        view = pattern.callback.view_class  # type: ignore[attr-defined]
        if not before and not view.__module__.startswith("merchants.api.merchant."):
            continue
        for method in METHODS:
            if hasattr(view, method):
                yield f"{before}{pattern.pattern}", method, view


MERCHANT_ROUTES = [
    (address, method, view) for address, method, view in routes() if issubclass(view, MerchantView)
]
# An order number is the caller's own, whatever others call theirs: it names no object of theirs.
WITH_ID = [
    (address, method)
    for address, method, _ in routes()
    if "<" in address and "<order_no:" not in address
]


def fill(address: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        for kind in ("uuid", "public_id", "digits", "order_no", "int"):
            address = address.replace(f"<{kind}:{name}>", value)
    assert "<" not in address
    return f"/{address}"


def send(caller: Any, method: str, path: str) -> Any:
    if method == "post":
        return caller.post(path, {})
    if method in ("get", "delete"):
        return getattr(caller.client, method)(f"/api/v1{path}")
    call = getattr(caller.client, method)
    return call(f"/api/v1{path}", {}, content_type="application/json")


@pytest.mark.parametrize(("address", "method", "view"), MERCHANT_ROUTES)
def test_every_method_names_the_permission_it_takes(
    address: str, method: str, view: type[MerchantView]
) -> None:
    assert method.upper() in view.needs
    assert {name.lower() for name in view.needs} <= {m for m in METHODS if hasattr(view, m)}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_role_gets_through_where_it_has_the_permission_and_else_403(
    corner_shop: Store, minji: Wallet, role: Role
) -> None:
    wallet = newcomer(SENA)
    employ(corner_shop.merchant, wallet, role)
    member = Member(wallet, corner_shop.merchant)
    for address, method, view in MERCHANT_ROUTES:
        answer = send(member, method, fill(address, ABSENT))
        needed = view.needs[method.upper()]
        if needed in ROLE_PERMISSIONS[role]:
            assert answer.status_code in (200, 400, 404), (address, method, answer.json())
        else:
            assert (answer.status_code, answer.json()["permission"]) == (403, needed.value)


@pytest.mark.django_db
def test_a_key_without_the_scope_gets_through_nowhere(corner_shop: Store) -> None:
    others = ("disputes:write", "merchant:read")
    programs = {scope: Program(keyed(corner_shop.merchant, scope)[1]) for scope in others}
    for address, method, view in MERCHANT_ROUTES:
        needed = view.needs[method.upper()].value
        other = next(scope for scope in others if scope != needed)
        answer = send(programs[other], method, fill(address, ABSENT))
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


def _export(merchant: Merchant) -> Export:
    day = timezone.localdate()
    return ask_for_export(
        report="R1",
        form="csv",
        first=day,
        last=day,
        merchant=merchant,
        actor="test",
        at=timezone.now(),
    )


def _settlement(merchant: Merchant) -> Settlement:
    now, day = timezone.now(), timezone.localdate()
    run = SettlementRun.objects.create(
        calendar=terms_of(merchant=merchant, day=day).calendar,
        kind="EARLY",
        business_date=day,
        window_from=now - timedelta(days=1),
        window_to=now,
        settled_before=now,
        due_on=day,
        through_id=0,
        asked_at=now,
    )
    names = [f.name for f in Settlement._meta.fields]  # noqa: SLF001
    nothing = {n: 0 for n in names if n.endswith(("_minor", "_count", "_bps"))}
    return Settlement.objects.create(
        pk=(run.pk << 32) + merchant.pk,
        run=run,
        merchant=merchant,
        business_date=day,
        currency="KRW",
        due_on=day,
        state="CARRIED",
        content_sha256="0" * 64,
        closed_at=now,
        **nothing,
    )


def belongings(store: Store) -> dict[str, str]:
    """Return ids of one thing of each kind that a merchant has."""
    merchant, now = store.merchant, timezone.now()
    wallet = newcomer(YUNA)
    role = employ(merchant, wallet)
    account = MerchantBankAccount.objects.create(
        merchant=merchant,
        bank_code="090",
        number="3333011234567",
        holder_name="x",
        requested_by=wallet.holder,
        requested_at=now,
    )
    invitation = StaffInvitation.objects.create(
        merchant=merchant,
        phone="+821099998888",
        role="VIEWER",
        invited_by=wallet.holder,
        invited_at=now,
        expires_at=now,
    )
    asked = Caller(wallet).post("/merchant-applications", application())
    wanted = Wanted("https://shop.example/hook")
    webhook = register(merchant=merchant, wanted=wanted, secret=new_secret(), actor="x", at=now)
    with transaction.atomic():
        event = record(merchant=merchant, kind="webhook.test", facts={}, at=now)
    number_due(at=now)
    contested = contest(paid(store, wallet), wallet)
    bill = Bill(amount=Money(1_000, "KRW"), merchant_order_no="A1")
    return {
        "number": ask(store=store, bill=bill, at=now).number,
        "order_no": "A1",
        "store_id": store.public_id,
        "terminal_id": add_terminal(store=store, label="1", actor="x", at=now).public_id,
        "role_id": str(role.public_id),
        "invitation_id": str(invitation.public_id),
        "key_id": str(keyed(merchant, "merchant:read")[0].public_id),
        "account_id": str(account.public_id),
        "application_id": asked.json()["id"],
        "dispute_id": str(contested.public_id),
        "export_id": str(_export(merchant).public_id),
        "settlement_id": str(_settlement(merchant).pk),
        "event_id": str(event.public_id),
        "webhook_id": str(webhook.public_id),
    }


@pytest.mark.django_db
def test_what_is_another_merchants_is_not_found_like_what_is_not_there(
    owner: Member, rival: Store
) -> None:
    theirs = belongings(rival)
    assert len(WITH_ID) >= 16
    for address, method in WITH_ID:
        foreign = send(owner, method, fill(address, theirs))
        absent = send(owner, method, fill(address, ABSENT))
        assert (foreign.status_code, absent.status_code) == (404, 404), (address, method)
        assert foreign.json() == absent.json()
    assert StaffRole.objects.filter(ended_at__isnull=False).count() == 0


@pytest.mark.django_db
def test_what_is_another_merchants_cannot_be_named_in_a_body(owner: Member, rival: Store) -> None:
    theirs = belongings(rival)
    own = Store.objects.get(name="모퉁이가게").public_id
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/merchant/terminals", {"store_id": theirs["store_id"], "label": "1"}),
        (
            "/merchant/invitations",
            {"store_id": theirs["store_id"], "role": "VIEWER", "phone": SENA},
        ),
        (
            "/merchant/api-keys",
            {"store_id": theirs["store_id"], "label": "x", "scopes": ["merchant:read"]},
        ),
        (
            "/merchant/api-keys",
            {
                "store_id": own,
                "terminal_id": theirs["terminal_id"],
                "label": "x",
                "scopes": ["merchant:read"],
            },
        ),
    ]
    for path, body in bodies:
        assert owner.post(path, body).status_code == 404, path


@pytest.mark.django_db
def test_lists_hold_nothing_of_others(owner: Member, rival: Store) -> None:
    theirs = belongings(rival)
    for address, method, _ in MERCHANT_ROUTES:
        if method == "get" and "<" not in address:
            text = owner.get(f"/{address}").content.decode()
            assert not any(value in text for value in theirs.values()), address


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["s'--", "S%00", "가", "s" * 300, "..%2F"])
def test_an_address_that_is_none_is_404(owner: Member, broken: str) -> None:
    for path in ("stores", "terminals", "staff", "invitations", "api-keys", "bank-accounts"):
        assert owner.get(f"/merchant/{path}/{broken}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"null", b"\xff", b"[" * 5000])
def test_a_body_that_is_none_is_400(owner: Member, body: bytes) -> None:
    for address, method, _ in routes():
        if method == "post" and "<" not in address:
            answer = owner.client.post(
                f"/api/v1/{address}",
                body,
                content_type="application/json",
                headers={"Idempotency-Key": "k"},
            )
            assert answer.status_code == 400, (address, body, answer.content)


@pytest.mark.django_db
def test_a_creation_without_a_key_is_refused(owner: Member) -> None:
    path, body = "/merchant/api-keys", {"label": "x", "scopes": ["merchant:read"]}
    proof = {STEP_UP_HEADER: owner.token("POST", path, body)}
    answer = owner.once("POST", path, body, "", proof)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.django_db
def test_the_same_key_of_two_merchants_is_two_requests(
    owner: Member, minji: Wallet, rival: Store
) -> None:
    employ(rival.merchant, minji)
    body = {"label": "x", "scopes": ["merchant:read"]}
    first = owner.post("/merchant/api-keys", body, "k1")
    second = Member(minji, rival.merchant).post("/merchant/api-keys", body, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.django_db
def test_the_database_keeps_one_request_for_a_bank_account(rival: Store) -> None:
    belongings(rival)
    found = MerchantBankAccount.objects.get()
    found.pk, found.public_id = None, "00000000-0000-0000-0000-000000000001"
    with refused_by("merchants_bank_account_one_request"):
        found.save(force_insert=True)
