"""The bank at finance's desk: statements are uploaded, lines matched by hand, breaks decided."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from merchants.admin.finance.bank import statements
from merchants.models import (
    BankLine,
    Break,
    Deed,
    HouseAccount,
    MatchGroup,
    Movement,
    StatementFile,
)
from tests.merchants.admin.desk import REASON, do, may_add, may_change, outcomes, signed_in
from tests.merchants.cast import DOYUN, SENA, colleague
from tests.merchants.reconciliation.bank import booked, breaks, close, line, says
from tests.merchants.reconciliation.conftest import house  # noqa: F401 - the fixture.
from tests.merchants.statements.files import DAY, PROFILE, Move, Paper, camt, sheet
from wallet.chart import PROVIDER_FEES
from wallet.models import User

LATER = DAY + timedelta(days=18)
UPLOAD = "/admin/merchants/statementfile/do/upload/"
MOVES = [Move(10_000, "R1", "A"), Move(-3_000, "R2", "B")]


@pytest.fixture
def sena(house: HouseAccount) -> User:  # noqa: F811 - the fixture.
    return colleague(SENA)


@pytest.fixture
def doyun(house: HouseAccount) -> User:  # noqa: F811 - the fixture.
    return colleague(DOYUN)


def paper(content: bytes, name: str = "bank.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def shown(client: Client, path: str) -> str:
    """Return what a page says, without its marks."""
    text = re.sub(r"<[^>]+>", " ", client.get(path).content.decode())
    return re.sub(r"\s+", " ", text)


def test_a_statement_is_uploaded_and_the_same_again_adds_nothing(doyun: User) -> None:
    client = may_add(doyun, "statementfile")
    content = camt(Paper(MOVES))
    answer = do(client, UPLOAD, file=paper(content))
    file = StatementFile.objects.get()
    assert answer["Location"] == f"/admin/merchants/statementfile/{file.pk}/change/"
    assert (file.name, file.state, BankLine.objects.count()) == ("bank.xml", "LOADED", 2)
    assert do(client, UPLOAD, file=paper(content, "again.xml"))["Location"] == answer["Location"]
    assert (StatementFile.objects.count(), BankLine.objects.count()) == (1, 2)
    assert outcomes() == ["done", "known"]
    asked = Deed.objects.order_by("pk")[0]
    assert (asked.by, asked.reason, asked.facts["file"]) == (doyun, REASON, "bank.xml")


def test_what_does_not_tie_is_kept_apart_with_line_and_difference(doyun: User) -> None:
    client = may_add(doyun, "statementfile")
    answer = do(client, UPLOAD, file=paper(camt(Paper(MOVES, closing=7_005))))
    page = shown(client, answer["Location"])
    trouble = StatementFile.objects.get(state="QUARANTINED").troubles[0]
    assert trouble["line"] > 0
    assert f"{trouble['line']} · DOES_NOT_TIE" in page
    assert f"{trouble['difference_minor']:+}" in page
    assert abs(trouble["difference_minor"]) == 5
    assert BankLine.objects.count() == 0
    assert outcomes() == ["quarantined"]


def test_a_csv_file_is_read_by_its_profile(doyun: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = may_add(doyun, "statementfile")
    content = sheet(Paper(MOVES))
    broken = do(client, UPLOAD, file=paper(content), profile=paper(b"{", "p.json"))
    assert "it is no JSON" in broken.content.decode()
    monkeypatch.setattr(statements, "MOST_BYTES", 10)
    assert do(client, UPLOAD, file=paper(content)).status_code == 200
    assert do(client, UPLOAD, file=paper(b"")).status_code == 200
    assert not StatementFile.objects.exists()
    assert not Deed.objects.exists()
    monkeypatch.undo()
    do(client, UPLOAD, file=paper(content), profile=paper(PROFILE, "p.json"))
    assert BankLine.objects.count() == 2
    assert outcomes() == ["done"]


def test_who_may_look_may_not_upload(doyun: User) -> None:
    client = may_change(doyun, "statementfile")
    assert client.get(UPLOAD).status_code == 403
    assert client.post(UPLOAD, {"reason": REASON, "file": paper(b"x")}).status_code == 403
    assert not StatementFile.objects.exists()


def test_lines_are_matched_by_hand_with_a_reason_and_the_match_revoked(doyun: User) -> None:
    booked(1_000, "A")
    booked(4_000, "B")
    close()
    says([Move(700, "R1", "X"), Move(300, "R2", "Y")], day=LATER)
    client = may_change(doyun, "bankline", "matchgroup")
    may_add(doyun, "matchgroup")
    path = f"/admin/merchants/bankline/{line(700).pk}"
    right, wrong = (Movement.objects.get(amount_minor=minor).pk for minor in (1_000, 4_000))
    chosen = {"movements": [right], "lines": [line(300).pk]}
    assert do(client, f"{path}/do/match/", movements=[wrong]).status_code == 200
    assert do(client, f"{path}/do/match/", movements=["x"]).status_code == 200
    assert do(client, f"{path}/do/match/", **chosen).status_code == 302
    group = MatchGroup.objects.get(rule="MANUAL")
    assert (group.state, group.evidence["lines"], group.claims.count()) == ("CONFIRMED", 2, 3)
    assert f"match {group.pk}" in shown(client, f"{path}/change/")

    revoke = f"/admin/merchants/matchgroup/{group.pk}/do/revoke/"
    assert do(client, revoke).status_code == 302
    assert do(client, revoke).status_code == 200  # it is revoked
    group.refresh_from_db()
    assert group.state == "REVOKED"
    assert not group.claims.filter(is_live=True).exists()
    steps = group.steps.order_by("pk").values_list("state", "actor", "reason")
    said = (f"user:{doyun.pk}", REASON)
    assert list(steps) == [("CONFIRMED", *said), ("REVOKED", *said)]
    assert outcomes() == ["match_unsound", "done", "done", "match_state"]


def test_a_line_that_is_matched_offers_nothing(doyun: User) -> None:
    booked(1_000, "A")
    says([Move(1_000, "R1", "A")])
    close()
    client = may_change(doyun, "bankline")
    may_add(doyun, "matchgroup")
    path = f"/admin/merchants/bankline/{line(1_000).pk}"
    assert "do/match" not in client.get(f"{path}/change/").content.decode()


def test_a_guess_is_confirmed_or_rejected(doyun: User) -> None:
    booked(2_000_000, "A")
    says([Move(2_000_000, "R1", "", "who knows")])
    close()
    group = MatchGroup.objects.get()
    assert group.state == "PROPOSED"
    client = may_change(doyun, "matchgroup")
    path = f"/admin/merchants/matchgroup/{group.pk}/do"
    assert do(client, f"{path}/reject/").status_code == 302
    assert do(client, f"{path}/confirm/").status_code == 200
    assert MatchGroup.objects.get().state == "REJECTED"
    assert outcomes() == ["done", "match_state"]


def test_a_break_is_given_proposed_and_approved_by_another(sena: User, doyun: User) -> None:
    says([Move(-20, "R1", "", "account fee")])
    close()
    about = Break.objects.get()
    making, checking = may_change(sena, "break"), may_change(doyun, "break")
    path = f"/admin/merchants/break/{about.pk}/do"
    assert do(checking, f"{path}/assign/", owner=sena.pk).status_code == 302
    about.refresh_from_db()
    assert (about.state, about.owner) == ("ASSIGNED", sena)
    assert do(making, f"{path}/investigate/").status_code == 302
    wanted = {"resolution": "ADJUSTED", "counter_account": PROVIDER_FEES}
    against = wanted | {"counter_account": "income:merchant_fees"}
    assert do(making, f"{path}/propose/", **against).status_code == 200
    assert do(making, f"{path}/propose/", **wanted).status_code == 302
    assert do(making, f"{path}/approve/").status_code == 200  # it is one's own
    assert do(checking, f"{path}/approve/", seen="0" * 64).status_code == 200
    assert do(checking, f"{path}/approve/").status_code == 302
    assert balance(account_id(PROVIDER_FEES, "KRW")).minor == 20
    assert trial_balance() == {"KRW": 0}
    assert breaks() == []
    expected = ["done", "done", "done", "second_person_needed", "break_state", "done"]
    assert outcomes() == expected
    assert {step.reason for step in about.steps.exclude(actor="system")} == {REASON}


def test_a_proposal_is_rejected_and_the_break_is_taken_again(sena: User, doyun: User) -> None:
    says([Move(-20, "R1", "", "account fee")])
    close()
    about = Break.objects.get()
    making, checking = may_change(sena, "break"), may_change(doyun, "break")
    path = f"/admin/merchants/break/{about.pk}/do"
    do(making, f"{path}/take/")
    do(making, f"{path}/propose/", resolution="WRITTEN_OFF", counter_account=PROVIDER_FEES)
    assert do(checking, f"{path}/reject/").status_code == 302
    about.refresh_from_db()
    assert (about.state, about.resolutions.get().state) == ("INVESTIGATING", "REJECTED")
    assert trial_balance() == {"KRW": 0}


def test_without_a_right_nothing_about_the_bank_is_done(doyun: User) -> None:
    says([Move(-20, "R1", "", "account fee")])
    close()
    client = signed_in(doyun)
    for model, row, deed in (
        ("break", Break.objects.get(), "take"),
        ("bankline", BankLine.objects.get(), "match"),
    ):
        path = f"/admin/merchants/{model}/{row.pk}/do/{deed}/"
        assert client.post(path, {"reason": REASON}).status_code == 403, model
    assert not Deed.objects.exists()
