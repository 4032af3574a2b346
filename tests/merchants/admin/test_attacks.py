"""What somebody with a merchant's session might try, and what nobody gets."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.headers import STRICT
from merchants.models import Merchant, Role, StaffRole, Store
from merchants.premises.stores import add_store
from tests.merchants.admin.desk import signed_in
from tests.merchants.admin.story import belongings
from tests.merchants.cast import MINJI, employ, newcomer
from tests.wallet.people import PASSWORD
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db
SOMEBODY = "+821022220009"


def listed(client: Client, query: str, model: str = "payment") -> Any:
    return client.get(f"/merchant/merchants/{model}/?{query}", follow=True)


@pytest.mark.parametrize(
    "query",
    [
        "wallet__id__exact=1",
        "wallet__public_id__startswith=0",
        "wallet__holder__phone__startswith=%2B82",
        "merchant__legal_name__contains=a",
        "merchant__id__exact=1",
        "store__merchant__contact_phone__startswith=0",
        "hold__id__isnull=0",
        "fee_minor__gt=1",
        "pk__in=1,2",
        "id__regex=.",
    ],
)
def test_a_list_is_narrowed_down_by_its_own_filters_alone(at_desk: Client, query: str) -> None:
    answer = at_desk.get(f"/merchant/merchants/payment/?{query}")
    assert answer.status_code == 400, query


@pytest.mark.parametrize(
    "query",
    ["_to_field=merchant", "_to_field=wallet", "_to_field=number", "_to_field=nothing"],
)
def test_rows_are_named_by_their_key_alone(at_desk: Client, traded: Store, query: str) -> None:
    own = belongings(traded)["payment"]
    assert listed(at_desk, query).status_code == 400
    shown = at_desk.get(f"/merchant/merchants/payment/{own}/change/?{query}")
    assert shown.status_code == 200  # it is not looked at
    assert (
        at_desk.get(f"/merchant/merchants/payment/{traded.merchant_id}x/change/").status_code
        == 404
    )


@pytest.mark.parametrize(
    "query",
    [
        "all=",
        "all=1&p=1",
        "o=3.-1",
        "o=999",
        "_facets=True",
        "_popup=1",
        "q=%00",
        "q=%ED%A0%80",
        "e=1",
    ],
)
def test_nothing_makes_a_list_long_sorted_or_counted(
    at_desk: Client, rival: Store, query: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = listed(at_desk, query)
    assert answer.status_code == 200, query
    said = [one["sql"] for one in queries if 'FROM "merchants_payment"' in one["sql"]]
    assert not [sql for sql in said if "COUNT(" in sql.upper()]
    assert all(" LIMIT " in sql for sql in said if "ORDER BY" in sql), said
    assert all('"merchants_payment"."id" DESC' in sql for sql in said if "ORDER BY" in sql)


@pytest.mark.parametrize("page", ["0", "-1", "101", "99999999999999999999", "x", "1.5", "\u0661"])
def test_there_are_no_pages_without_end(at_desk: Client, page: str) -> None:
    assert at_desk.get(f"/merchant/merchants/payment/?p={page}").status_code == 302


def test_boxes_complete_nothing_of_others(at_desk: Client, traded: Store, rival: Store) -> None:
    box = "/merchant/autocomplete/?app_label=merchants&term=&"
    offered = at_desk.get(f"{box}model_name=settlement&field_name=payout").json()["results"]
    assert [one["id"] for one in offered] == [str(belongings(traded)["payout"])]
    for model, field in (("payment", "store"), ("payment", "merchant"), ("payment", "wallet")):
        path = f"{box}model_name={model}&field_name={field}"
        assert at_desk.get(path).status_code in (403, 404), path


def test_a_filter_offers_ones_own_alone(at_desk: Client, traded: Store, rival: Store) -> None:
    page = listed(at_desk, "").content.decode()
    assert traded.name in page
    assert rival.name not in page
    theirs = listed(at_desk, f"store__id__exact={rival.pk}")
    assert theirs.status_code == 200
    assert list(theirs.context["cl"].result_list) == []


def test_the_site_has_no_way_round(at_desk: Client, rival: Store) -> None:
    for path in ("search/?s=a", "password_change/", f"r/1/{rival.pk}/", "auth/", "wallet/user/"):
        assert at_desk.get(f"/merchant/{path}").status_code == 404, path
    for path in ("", "calendar/", "merchants/payment/", "merchants/payment/1/change/"):
        assert at_desk.post(f"/merchant/{path}", {"action": "delete_selected"}).status_code == 405


def test_somebody_elses_merchant_cannot_be_chosen(
    at_desk: Client, traded: Store, rival: Store
) -> None:
    for chosen in (rival.merchant.public_id, "", "x" * 1000, "\x00", "M' OR 1=1"):
        assert at_desk.post("/merchant/chosen/", {"merchant": chosen}).status_code == 302
        assert at_desk.get("/merchant/").context["caller"].merchant == traded.merchant
    assert at_desk.get("/merchant/chosen/").status_code == 405


def test_who_works_for_two_chooses(
    at_desk: Client, traded: Store, rival: Store, minji: Wallet
) -> None:
    employ(rival.merchant, minji, Role.VIEWER)
    assert rival.merchant.legal_name in at_desk.get("/merchant/").content.decode()
    at_desk.post("/merchant/chosen/", {"merchant": rival.merchant.public_id})
    assert at_desk.get("/merchant/").context["caller"].merchant == rival.merchant
    theirs, own = belongings(rival)["settlement"], belongings(traded)["settlement"]
    assert at_desk.get(f"/merchant/merchants/settlement/{theirs}/change/").status_code == 200
    assert at_desk.get(f"/merchant/merchants/settlement/{own}/change/").status_code == 404


def test_a_cashier_of_one_store_sees_its_payments_and_no_settlement(traded: Store) -> None:
    second = add_second(traded.merchant)
    cashier = newcomer(SOMEBODY)
    employ(traded.merchant, cashier, Role.CASHIER, store=second)
    client = signed_in(cashier.holder)
    own = belongings(traded)
    assert client.get("/merchant/").status_code == 200
    assert list(listed(client, "").context["cl"].result_list) == []
    assert client.get(f"/merchant/merchants/payment/{own['payment']}/change/").status_code == 404
    for model in ("settlement", "settlementitem", "payout", "merchantbankaccount", "staffrole"):
        assert client.get(f"/merchant/merchants/{model}/").status_code == 403, model
        path = f"/merchant/merchants/{model}/{own[model]}/change/"
        assert client.get(path).status_code == 403, model
    assert client.get("/merchant/calendar/").status_code == 403


def add_second(merchant: Merchant) -> Store:
    facts = {
        "name": "두번째",
        "latin_name": "Second",
        "city": "Seoul",
        "merchant_category_code": "5411",
    }
    return add_store(merchant=merchant, facts=facts, actor="test", at=timezone.now())


def test_a_role_that_ended_ends_the_session_at_once(
    at_desk: Client, traded: Store, minji: Wallet
) -> None:
    employ(traded.merchant, newcomer(SOMEBODY))
    assert at_desk.get("/merchant/").status_code == 200
    StaffRole.objects.filter(user=minji.holder).update(ended_at=timezone.now())
    assert at_desk.get("/merchant/").status_code == 302
    assert at_desk.get("/merchant/merchants/settlement/").status_code == 302


def test_the_two_sites_let_in_their_own_people_alone(
    at_desk: Client, traded: Store, sena: User
) -> None:
    assert at_desk.get("/admin/").status_code == 302
    assert signed_in(sena).get("/merchant/").status_code == 302
    root = User.objects.create_superuser("+821000000009", PASSWORD)
    assert signed_in(root).get("/merchant/merchants/settlement/").status_code == 302


def test_a_session_without_the_code_is_kept_out(traded: Store, minji: Wallet) -> None:
    client = Client()
    client.force_login(minji.holder)
    assert client.get("/merchant/").status_code == 302
    assert client.get("/merchant/merchants/settlement/").status_code == 302


def test_password_and_code_open_the_site_and_roles_cannot_be_found_out(
    traded: Store, minji: Wallet
) -> None:
    consumer = newcomer(SOMEBODY)
    for user in (minji.holder, consumer.holder):
        TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)

    def sign_in(user: User, **changes: str) -> Any:
        totp = TOTP(TOTPDevice.objects.get(user=user).bin_key)
        totp.time = time.time()
        form = {"username": user.phone, "password": PASSWORD, "code": f"{totp.token():06d}"}
        return Client().post("/merchant/login/?next=/merchant/", {**form, **changes})

    assert sign_in(minji.holder).status_code == 302
    refused = sign_in(consumer.holder)
    wrong = sign_in(minji.holder, password="wrong")
    assert (refused.status_code, wrong.status_code) == (200, 200)
    assert refused.context["form"].non_field_errors() == wrong.context["form"].non_field_errors()


def test_guesses_are_counted_with_those_at_the_wallets_door(traded: Store, minji: Wallet) -> None:
    form = {"username": MINJI, "password": "wrong", "code": "000000"}
    answers = [Client().post("/merchant/login/", form) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {200}
    said = str(answers[-1].context["form"].non_field_errors())
    assert said != str(answers[0].context["form"].non_field_errors())
    right = Client().post("/admin/login/", {**form, "password": PASSWORD})
    assert str(right.context["form"].non_field_errors()) == said


@pytest.mark.parametrize("path", ["/merchant/", "/merchant/login/", "/admin/login/"])
def test_pages_cannot_be_framed_and_run_nothing_made_of_text(at_desk: Client, path: str) -> None:
    answer = at_desk.get(path) if path == "/merchant/" else Client().get(path)
    assert answer["Content-Security-Policy"] == STRICT
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    text = answer.content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert "onclick" not in text
    assert settings.SESSION_COOKIE_HTTPONLY


def test_a_form_of_another_site_does_nothing(at_desk: Client, traded: Store) -> None:
    at_desk.handler.enforce_csrf_checks = True
    sent = {"merchant": traded.merchant.public_id}
    assert at_desk.post("/merchant/chosen/", sent).status_code == 403
    assert at_desk.post("/merchant/logout/").status_code == 403
