"""Exports are asked for, made by a job that may die, and fetched by a link that expires."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage.handler import StorageHandler
from django.test import Client
from django.utils import timezone

from merchants.errors import ExportUnknown
from merchants.exports import producing, requests
from merchants.models import Export, Merchant, Store
from tests.merchants.cast import Member, refused_by
from tests.merchants.exports.files import checked, made
from tests.merchants.settlement.days import DAY, close, sell
from tests.wallet.people import Caller
from wallet.models import User, Wallet

# The progress is told by another connection, so what it tells about has to be committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"location": tmp_path, "base_url": None}
    backend = "django.core.files.storage.FileSystemStorage"
    own: Any = {"exports": {"BACKEND": backend, "OPTIONS": options}}
    monkeypatch.setattr(producing, "storages", StorageHandler(own))


def asked(merchant: Merchant | None, report: str = "R2", at: datetime | None = None) -> Export:
    return requests.ask(
        report=report,
        form="csv",
        first=DAY,
        last=DAY,
        merchant=merchant,
        actor="test",
        at=at or timezone.now(),
    )


def work() -> list[tuple[str, int]]:
    while producing.make_next(now=timezone.now):
        pass
    return list(Export.objects.order_by("pk").values_list("state", "rows_done"))


def test_an_export_is_asked_for_made_and_fetched_by_a_link(
    alice: Wallet,
    corner_shop: Store,
    owner: Member,
    rival: Store,
    django_assert_max_num_queries: Any,
) -> None:
    sell(alice, corner_shop, 10_000)
    sell(alice, rival, 3_000)
    close(corner_shop)
    body = {"report": "R2", "first_day": "2026-03-02", "last_day": "2026-03-02"}
    answer = owner.post("/merchant/exports", body)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["state"], answer.json()["link"]) == ("PENDING", None)

    assert work() == [("DONE", 1)]
    path = f"/merchant/exports/{answer.json()['id']}"
    found = owner.get(path).json()
    assert (found["state"], found["rows_done"], found["rows_total"]) == ("DONE", 1, 1)
    file = Client().get(found["link"])
    content = file.getvalue()
    file.close()
    assert file["Content-Disposition"] == 'attachment; filename="R2_2026-03-02_2026-03-02.csv"'
    assert "no-store" in file["Cache-Control"]
    own, manifest = made("R2", merchant=corner_shop.merchant, days=(DAY, DAY))
    assert content == own
    assert len(checked(content, manifest)) == 1
    assert found["manifest"]["sha256"] == manifest.sha256 == found["sha256"]
    for _ in range(3):
        asked(corner_shop.merchant)
    with django_assert_max_num_queries(8):
        assert len(owner.get("/merchant/exports").json()["items"]) == 4


def test_a_link_holds_for_minutes_and_for_nobody_elses_file(
    corner_shop: Store, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked(corner_shop.merchant)
    assert work() == [("DONE", 0)]
    link = owner.get(f"/merchant/exports/{export.public_id}").json()["link"]
    fetched = Client().get(link)
    assert (fetched.status_code, fetched.getvalue()[:3]) == (200, b"set")
    fetched.close()
    assert Client().get(f"{link}x").json()["code"] == "export_link_expired"
    assert Client().get("/api/v1/merchant-files/%00").status_code == 404
    import time

    later = time.time() + 301
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert Client().get(link).json()["code"] == "export_link_expired"


def test_merchants_get_their_reports_and_finance_gets_all(
    corner_shop: Store, owner: Member, sena: User, alice: Wallet
) -> None:
    body = {"report": "R10", "first_day": "2026-03-02", "last_day": "2026-03-02"}
    assert owner.post("/merchant/exports", body).status_code == 400
    with pytest.raises(ExportUnknown):
        asked(corner_shop.merchant, "R10")
    assert Caller(alice).post("/finance/exports", body).status_code == 403
    minji = Caller(Wallet.objects.get(holder__phone=owner_phone(owner)))
    assert minji.client.get("/api/v1/finance/exports").status_code == 403
    User.objects.filter(pk=alice.holder_id).update(is_staff=True)
    caller = Caller(Wallet.objects.get(pk=alice.pk))
    answer = caller.post("/finance/exports", body)
    assert answer.status_code == 201, answer.content
    sell(alice, corner_shop, 1_000)
    ((state, count),) = work()
    assert (state, count > 0) == ("DONE", True)
    (listed,) = caller.get("/finance/exports").json()["items"]
    assert (listed["id"], listed["state"]) == (answer.json()["id"], "DONE")
    late = body | {"first_day": "2026-03-03"}
    assert caller.post("/finance/exports", late).json()["code"] == "export_scope_invalid"
    for wrong in ("2026-02-30", "x", "2026-03-02\x00", "99999-01-01", 7, None):
        refused = caller.post("/finance/exports", body | {"first_day": wrong})
        assert refused.status_code == 400, wrong


def owner_phone(owner: Member) -> str:
    from tests.merchants.cast import MINJI

    assert owner.client.defaults["HTTP_MERCHANT_ID"]
    return MINJI


def test_who_was_thought_dead_finishes_nothing(corner_shop: Store) -> None:
    asked(corner_shop.merchant)
    now = timezone.now()
    first = producing.claim(at=now)
    assert first is not None
    assert producing.claim(at=now) is None
    second = producing.claim(at=now + producing.LEASE)
    assert second is not None
    assert second.token == first.token + 1
    _, manifest = made("R2", days=(DAY, DAY))
    assert not producing.finish(claimed=first, manifest=manifest, stored_as="a", at=now)
    assert producing.finish(claimed=second, manifest=manifest, stored_as="b", at=now)
    assert Export.objects.get().stored_as == "b"


def test_what_fails_is_tried_again_and_given_up_in_the_end(
    corner_shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(corner_shop.merchant)

    def fails(**_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(producing, "write", fails)
    assert work() == [("DEAD", 0)]
    export = Export.objects.get()
    assert (export.attempts, export.failure) == (5, "OSError: the disk is full")

    lost = asked(corner_shop.merchant)
    at = timezone.now()
    for turn in range(6):
        producing.claim(at=at + turn * producing.LEASE)
    lost.refresh_from_db()
    assert (lost.state, lost.attempts) == ("DEAD", 5)


def test_a_file_is_kept_for_a_week(corner_shop: Store, tmp_path: Path) -> None:
    export = asked(corner_shop.merchant)
    work()
    assert len(list(tmp_path.iterdir())) == 1
    assert producing.forget_old(at=timezone.now() + timedelta(days=6)) == 0
    assert producing.forget_old(at=timezone.now() + timedelta(days=8)) == 1
    assert list(tmp_path.iterdir()) == []
    export.refresh_from_db()
    assert (export.state, export.stored_as) == ("DONE", "")
    assert export.manifest is not None


def test_postgresql_keeps_an_export_whole(corner_shop: Store) -> None:
    export = asked(corner_shop.merchant)
    rows = Export.objects.filter(pk=export.pk)
    with refused_by("merchants_export_made_whole"):
        rows.update(state="DONE")
    with refused_by("merchants_export_claimed_for_a_time"):
        rows.update(state="CLAIMED")
    with refused_by("merchants_export_days_in_order"):
        rows.update(last_day=date(2026, 3, 1))
