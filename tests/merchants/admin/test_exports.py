"""Reports are asked for and fetched on both sites, and a merchant gets its own alone."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage.handler import StorageHandler
from django.test import Client
from django.utils import timezone

from merchants.exports import producing
from merchants.models import Deed, Export, Role, Store
from merchants.reconciliation.rules import HOME_ZONE
from tests.merchants.admin.desk import do, may_add, signed_in
from tests.merchants.admin.story import belongings
from tests.merchants.cast import employ, newcomer
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db
# The progress of a report is told by another connection, so what it tells about is committed.
committed = pytest.mark.django_db(transaction=True)
LIST = "/merchant/merchants/export/"
ASK = f"{LIST}ask/"
FINANCE = "/admin/merchants/export/"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"location": tmp_path, "base_url": None}
    backend = "django.core.files.storage.FileSystemStorage"
    own: Any = {"exports": {"BACKEND": backend, "OPTIONS": options}}
    monkeypatch.setattr(producing, "storages", StorageHandler(own))


def filled(client: Client, **changes: str) -> dict[str, str]:
    """Return the form as the page offers it, of the days around now."""
    page = client.get(LIST).content.decode()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    today = timezone.now().astimezone(HOME_ZONE).date()
    around = {
        "first": str(today - timedelta(days=5)),
        "last": str(today + timedelta(days=5)),
    }
    return {"report": "R1", "format": "csv", "key": found[1], **around, **changes}


def work() -> None:
    while producing.make_next(now=timezone.now):
        pass


def fetched(client: Client, path: str) -> list[dict[str, str]]:
    """Follow the way to a file: a link that holds without the session; return its rows."""
    answer = client.get(path)
    assert answer.status_code == 302
    file = Client().get(answer["Location"])
    content = file.getvalue().decode()
    file.close()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    return [row for row in rows if row["settlement_id"] != "TRAILER"]


@committed
def test_a_merchant_asks_once_and_fetches_its_own_rows(
    at_desk: Client, traded: Store, rival: Store
) -> None:
    before = Export.objects.count()
    sent = filled(at_desk)
    answers = [at_desk.post(ASK, sent) for _ in range(2)]
    made = Export.objects.latest("pk")
    path = f"{LIST}{made.pk}/"
    assert [answer["Location"] for answer in answers] == [f"{path}change/"] * 2
    assert (Export.objects.count() - before, made.merchant) == (1, traded.merchant)
    assert at_desk.get(f"{path}file/").status_code == 404  # it is not made yet

    work()
    shown = at_desk.get(f"{path}change/").content.decode()
    assert f'href="{path}file/"' in shown
    rows = fetched(at_desk, f"{path}file/")
    assert {row["merchant_id"] for row in rows} == {traded.merchant.public_id}
    assert len(rows) == traded.merchant.settlements.count()
    theirs = belongings(rival)["export"]
    assert at_desk.get(f"{LIST}{theirs}/file/").status_code == 404


def test_what_cannot_be_made_is_not_asked_for(at_desk: Client) -> None:
    before = Export.objects.count()
    wrong: list[dict[str, str]] = [
        {"report": "R10"},
        {"report": ""},
        {"format": "exe"},
        {"first": "2026-02-30"},
        {"first": "\x00"},
        {"first": "0001-01-01"},
        {"first": "2999-01-01", "last": "2020-01-01"},
        {"first": "2020-01-01", "last": "2022-01-01"},
        {"key": "x"},
    ]
    for changes in wrong:
        answer = at_desk.post(ASK, filled(at_desk, **changes), follow=True)
        assert answer.status_code == 200
        assert [one.level_tag for one in answer.context["messages"]] == ["error"], changes
    assert Export.objects.count() == before


def test_asking_is_for_who_sees_the_settlements_of_all_stores(
    at_desk: Client, traded: Store
) -> None:
    cashier = newcomer("+821022220019")
    employ(traded.merchant, cashier, Role.CASHIER, store=traded)
    sent = filled(at_desk)
    before = Export.objects.count()
    assert signed_in(cashier.holder).post(ASK, sent).status_code == 403
    assert Client().post(ASK, sent).status_code == 302  # to the login
    assert at_desk.get(ASK).status_code == 405
    at_desk.handler.enforce_csrf_checks = True
    assert at_desk.post(ASK, sent).status_code == 403
    assert Export.objects.count() == before


@committed
def test_finance_asks_for_all_merchants_with_a_reason_and_fetches(
    traded: Store, rival: Store, alice: Wallet, doyun: User
) -> None:
    client = may_add(doyun, "export")
    today = timezone.now().astimezone(HOME_ZONE).date()
    given = {
        "report": "R1",
        "format": "csv",
        "first": str(today - timedelta(days=5)),
        "last": str(today + timedelta(days=5)),
    }
    path = f"{FINANCE}do/ask/"
    for wrong in ({"report": "R12"}, {"merchant": "NOBODY"}, {"reason": ""}, {"first": "x"}):
        assert do(client, path, **{**given, **wrong}).status_code == 200, wrong
    assert do(client, path, **{**given, "first": "2020-01-01"}).status_code == 200
    assert not Export.objects.filter(merchant__isnull=True).exists()
    assert do(client, path, **given).status_code == 302
    of_all = Export.objects.latest("pk")
    assert do(client, path, **given, merchant=rival.merchant.public_id).status_code == 302
    of_one = Export.objects.latest("pk")
    assert (of_all.merchant, of_one.merchant) == (None, rival.merchant)
    assert list(Deed.objects.order_by("pk").values_list("action", "outcome")) == [
        ("ask", ""),
        ("ask", "export_scope_invalid"),
        ("ask", ""),
        ("ask", "done"),
        ("ask", ""),
        ("ask", "done"),
    ]

    work()
    both = fetched(client, f"{FINANCE}{of_all.pk}/file/")
    assert {row["merchant_id"] for row in both} == {
        traded.merchant.public_id,
        rival.merchant.public_id,
    }
    theirs = fetched(client, f"{FINANCE}{of_one.pk}/file/")
    assert {row["merchant_id"] for row in theirs} == {rival.merchant.public_id}


def test_without_the_right_nobody_of_ours_fetches(traded: Store, doyun: User) -> None:
    made = Export.objects.latest("pk")
    client = signed_in(doyun)
    assert client.get(f"{FINANCE}{made.pk}/file/").status_code == 403
    assert client.get(f"{FINANCE}do/ask/").status_code == 403
    assert Client().get(f"{FINANCE}{made.pk}/file/").status_code == 302
