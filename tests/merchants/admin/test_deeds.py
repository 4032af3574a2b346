"""What people do in the finance admin: by one use-case, for a reason, once, and written down."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from merchants.models import Adjustment, Deed, PayoutRun, Settlement, Store
from merchants.payouts.signing import cancel
from tests.merchants.admin.desk import REASON, do, hidden, may_change, outcomes, signed_in
from tests.wallet.people import PASSWORD
from wallet.models import User

pytestmark = pytest.mark.django_db
MOST_QUERIES = 18


@pytest.fixture
def run(traded: Store) -> PayoutRun:
    return PayoutRun.objects.get()


def sign_of(run: PayoutRun) -> str:
    return f"/admin/merchants/payoutrun/{run.pk}/do/sign/"


def test_another_person_signs_a_run_with_a_reason_and_once(run: PayoutRun, doyun: User) -> None:
    client = may_change(doyun, "payoutrun")
    page = client.get(sign_of(run))
    sent = {"reason": REASON, **hidden(page)}
    assert client.post(sign_of(run), sent).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.checker) == ("SIGNED", doyun)
    # The same page again: from a second click, or a reload.
    assert client.post(sign_of(run), sent).status_code == 302
    asked, answered = Deed.objects.order_by("pk")
    assert (asked.subject, asked.subject_id, asked.by) == ("payoutrun", str(run.pk), doyun)
    assert (asked.reason, asked.outcome, answered.outcome) == (REASON, "", "done")
    assert answered.answers == asked


def test_whoever_made_a_run_does_not_sign_it_again(run: PayoutRun, sena: User) -> None:
    client = may_change(sena, "payoutrun")
    answer = do(client, sign_of(run))
    assert answer.status_code == 200
    run.refresh_from_db()
    assert run.state == "DRAFT"
    assert outcomes() == ["second_person_needed"]


def test_what_is_signed_is_what_was_shown(run: PayoutRun, doyun: User) -> None:
    client = may_change(doyun, "payoutrun")
    answer = do(client, sign_of(run), seen="0" * 64)
    assert answer.status_code == 200
    run.refresh_from_db()
    assert run.state == "DRAFT"
    assert outcomes() == ["seen_other"]


@pytest.mark.parametrize("reason", ["", "  ", "ok", "x" * 501, "a\x00b"])
def test_without_a_reason_nothing_is_done(run: PayoutRun, doyun: User, reason: str) -> None:
    client = may_change(doyun, "payoutrun")
    assert do(client, sign_of(run), reason=reason).status_code == 200
    run.refresh_from_db()
    assert run.state == "DRAFT"
    assert not Deed.objects.exists()


def test_looking_is_not_deciding(run: PayoutRun, doyun: User) -> None:
    doyun.user_permissions.add(Permission.objects.get(codename="view_payoutrun"))
    client = signed_in(User.objects.get(pk=doyun.pk))
    shown = client.get(f"/admin/merchants/payoutrun/{run.pk}/change/")
    assert shown.status_code == 200
    assert "/do/" not in shown.content.decode()
    assert client.get(sign_of(run)).status_code == 403
    assert client.post(sign_of(run), {"reason": REASON}).status_code == 403
    assert client.get(f"/admin/merchants/payoutrun/{run.pk}/do/nonsense/").status_code == 404


def test_a_form_of_another_site_does_nothing(run: PayoutRun, doyun: User) -> None:
    client = may_change(doyun, "payoutrun")
    sent = {"reason": REASON, **hidden(client.get(sign_of(run)))}
    client.handler.enforce_csrf_checks = True
    assert client.post(sign_of(run), sent).status_code == 403
    run.refresh_from_db()
    assert run.state == "DRAFT"


def test_a_settlement_is_held_and_released(traded: Store, doyun: User) -> None:
    settlement = traded.merchant.settlements.get()
    client = may_change(doyun, "settlement")
    path = f"/admin/merchants/settlement/{settlement.pk}/do"
    assert do(client, f"{path}/hold/").status_code == 200  # it is being paid
    run = PayoutRun.objects.get()
    cancel(run=run, reason=REASON, by=doyun, at=run.proposed_at)
    assert do(client, f"{path}/hold/").status_code == 302
    assert Settlement.objects.get(pk=settlement.pk).hold_reason == f"MANUAL {REASON}"
    assert do(client, f"{path}/release/").status_code == 302
    assert Settlement.objects.get(pk=settlement.pk).state == "PAYABLE"
    assert outcomes() == ["settlement_state", "done", "done"]


def test_a_correction_is_asked_for_by_one_and_posted_by_another(
    traded: Store, sena: User, doyun: User
) -> None:
    asking, deciding = may_change(sena, "adjustment"), may_change(doyun, "adjustment")
    path = "/admin/merchants/adjustment"
    merchant = traded.merchant.public_id
    for wrong in ("1.5", "0x10", "", "1e3", "\u0661"):
        assert (
            do(asking, f"{path}/do/request/", merchant=merchant, amount=wrong).status_code == 200
        )
    assert do(asking, f"{path}/do/request/", merchant="NOBODY", amount="5").status_code == 200
    assert not Adjustment.objects.exists()
    assert do(asking, f"{path}/do/request/", merchant=merchant, amount="-500").status_code == 302
    made = Adjustment.objects.get()
    assert (made.amount_minor, made.requested_by) == (-500, sena)
    assert do(asking, f"{path}/{made.pk}/do/approve/").status_code == 200
    assert do(deciding, f"{path}/{made.pk}/do/approve/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("APPROVED", doyun)


def test_what_was_done_is_never_changed(run: PayoutRun, doyun: User) -> None:
    do(may_change(doyun, "payoutrun"), sign_of(run))
    for sql in ("UPDATE merchants_deed SET reason = 'x'", "DELETE FROM merchants_deed"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('jigap_app', 'merchants_deed', 'UPDATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"reason": ""}, "merchants_deed_says_what_and_why"),
        ({"outcome": "done"}, "merchants_deed_asked_or_answered"),
        ({"key": None}, "merchants_deed_asked_or_answered"),
    ],
)
def test_the_trail_refuses_what_says_nothing(
    doyun: User, changes: dict[str, Any], constraint: str
) -> None:
    whole: dict[str, Any] = {
        "subject": "payoutrun",
        "subject_id": "1",
        "action": "sign",
        "by": doyun,
        "reason": REASON,
        "key": uuid.uuid4(),
        "happened_at": timezone.now(),
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Deed.objects.create(**{**whole, **changes})


def test_finances_pages_are_shown_in_few_queries_and_count_nothing(traded: Store) -> None:
    client = signed_in(User.objects.create_superuser("+821000000001", PASSWORD))
    wrong = []
    models = [m for m in apps.get_app_config("merchants").get_models() if site.is_registered(m)]
    for model in models:
        name = model.__name__.lower()
        row = model.objects.order_by("-pk").first()  # type: ignore[attr-defined]
        paths = [f"/admin/merchants/{name}/"]
        paths += [f"/admin/merchants/{name}/{row.pk}/change/"] if row is not None else []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)
            assert answer.status_code == 200, path
            said = [query["sql"].upper() for query in queries]
            if len(said) > MOST_QUERIES:
                wrong.append((path, f"{len(said)} queries"))
            wrong += [(path, sql) for sql in said if "COUNT(" in sql or "DISTINCT" in sql]
    assert wrong == []
    assert len(models) > 25
