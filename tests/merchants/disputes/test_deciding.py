"""A dispute goes along the edges of the table and no others, and two people decide it."""

from __future__ import annotations

import hashlib
from io import StringIO
from itertools import product
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from merchants.disputes import deciding, evidence
from merchants.disputes.evidence import Shown
from merchants.errors import (
    AnswerAwaited,
    DisputeEnded,
    EvidenceInvalid,
    EvidenceTooLate,
    NotStaff,
    SecondPersonNeeded,
    SeenOther,
    TooMuchEvidence,
)
from merchants.models import Dispute, DisputeEvidence, MerchantAudit, Store
from merchants.payments.contested import move_dispute
from merchants.states import DISPUTE_EDGES, DisputeState
from tests.merchants.cast import refused_by
from tests.merchants.disputes.stories import (
    DAY,
    MERCHANT,
    PAYER,
    answer,
    approve,
    contest,
    paid,
    propose,
    seen,
    state,
)
from tests.merchants.payments.stories import NOON
from tests.merchants.payments.test_states import is_refused_by
from wallet.models import User, Wallet

EVENTS = sorted({event for _, event in DISPUTE_EDGES})
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def dispute(alice: Wallet, corner_shop: Store) -> Dispute:
    return contest(paid(corner_shop, alice), alice)


@pytest.mark.parametrize(("before", "event"), list(product(DisputeState, EVENTS)))
def test_an_event_leads_where_the_table_says_or_is_refused(
    before: DisputeState, event: str
) -> None:
    dispute = Dispute(state=before)
    reached = DISPUTE_EDGES.get((before, event))
    if reached is None:
        with pytest.raises(DisputeEnded):
            move_dispute(dispute, event)
    else:
        move_dispute(dispute, event)
    assert dispute.state == (reached or before)


@pytest.mark.django_db
def test_the_database_knows_the_same_edges(dispute: Dispute) -> None:
    allowed = {
        (before, after)
        for before, after in product(DisputeState, DisputeState)
        if before != after and passes(dispute, before, after)
    }
    assert allowed == {(before, after) for (before, _), after in DISPUTE_EDGES.items()}


def passes(dispute: Dispute, before: str, after: str) -> bool:
    """Tell whether the guard lets a row through; the table's own checks are another matter."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            for check in ("proposal_whole", "ended_by_somebody", "two_persons"):
                cursor.execute(
                    f"ALTER TABLE merchants_dispute DROP CONSTRAINT merchants_dispute_{check}"
                )
            cursor.execute("UPDATE merchants_dispute SET state = %s", [before])
            cursor.execute("SET LOCAL session_replication_role = origin")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        try:
            with transaction.atomic():
                Dispute.objects.filter(pk=dispute.pk).update(state=after)
        except IntegrityError as exc:
            return not is_refused_by(exc, "merchants_dispute_edge")
        finally:
            transaction.set_rollback(True)
    return True


@pytest.mark.django_db
def test_two_of_our_people_decide_and_neither_is_the_payer(
    alice: Wallet, dispute: Dispute, sena: User, doyun: User
) -> None:
    answer(dispute)
    with pytest.raises(NotStaff):
        propose(dispute, "LOST", alice.holder)
    alice.holder.is_staff = True
    alice.holder.save()
    with pytest.raises(SecondPersonNeeded):
        propose(dispute, "LOST", alice.holder)
    propose(dispute, "WON", sena)
    for person in (sena, alice.holder):
        with pytest.raises(SecondPersonNeeded):
            approve(dispute, person)
    with pytest.raises(SeenOther):
        deciding.approve(dispute=dispute, seen="\ud800", by=doyun, at=NOON + DAY)
    approve(dispute, doyun)
    done = MerchantAudit.objects.filter(action__startswith="dispute").order_by("pk")
    assert [(line.action, line.actor) for line in done] == [
        ("dispute.proposed", f"user:{sena.pk}"),
        ("dispute.decided", f"user:{doyun.pk}"),
    ]
    assert done[1].facts["digest"] == Dispute.objects.get().decided_digest


@pytest.mark.django_db
def test_the_database_asks_for_two_persons_as_well(
    alice: Wallet, dispute: Dispute, sena: User
) -> None:
    answer(dispute)
    propose(dispute, "LOST", sena)
    row = Dispute.objects.filter(pk=dispute.pk)
    ended: dict[str, Any] = {"state": "LOST", "ended_by": "PEOPLE", "ended_at": NOON}
    for decided_by in (sena, alice.holder, None):
        with refused_by("merchants_dispute_two_persons"):
            row.update(**ended, decided_by=decided_by, decided_digest="0" * 64)
    with refused_by("merchants_dispute_ended_by_somebody"):
        row.update(state="LOST")
    with refused_by("merchants_dispute_proposal_whole"):
        row.update(proposal="")
    with refused_by("merchants_dispute_facts_final"):
        row.update(amount_minor=1)
    with refused_by("ledger_append_only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM merchants_dispute")


@pytest.mark.django_db
def test_what_cannot_be_is_refused_by_the_database(dispute: Dispute) -> None:
    answer(dispute)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    fresh = Dispute.objects.get()
    fresh.pk, fresh.public_id = None, "00000000-0000-0000-0000-000000000001"
    for name, change in (
        ("merchants_dispute_ended_by_somebody", {"state": "LATER"}),
        ("merchants_dispute_of_something", {"amount_minor": 0}),
        ("merchants_dispute_times_in_order", {"answer_by": fresh.decide_by}),
    ):
        before = {field: getattr(fresh, field) for field in change}
        for field, value in change.items():
            setattr(fresh, field, value)
        with refused_by(name):
            fresh.save(force_insert=True)
        for field, value in before.items():
            setattr(fresh, field, value)
    said = DisputeEvidence.objects.get()
    with refused_by("ledger_append_only"):
        DisputeEvidence.objects.update(text="other")
    said.pk, said.public_id = None, "00000000-0000-0000-0000-000000000002"
    said.side = "NOBODY"
    with refused_by("merchants_dispute_evidence_side_known"):
        said.save(force_insert=True)
    said.side, said.text = "PAYER", ""
    with refused_by("merchants_dispute_evidence_of_something"):
        said.save(force_insert=True)
    said.text, said.file = "x", b"x"
    with refused_by("merchants_dispute_evidence_file_whole"):
        said.save(force_insert=True)


@pytest.mark.django_db
def test_nothing_is_proposed_before_the_merchant_had_its_say(dispute: Dispute, sena: User) -> None:
    with pytest.raises(AnswerAwaited):
        propose(dispute, "LOST", sena)
    propose(dispute, "LOST", sena, at=NOON + 4 * DAY)
    assert state(dispute) == ("PROPOSED", "")


@pytest.mark.django_db
def test_what_is_sent_back_is_open_again(dispute: Dispute, sena: User, doyun: User) -> None:
    answer(dispute)
    propose(dispute, "WON", sena)
    deciding.send_back(dispute=dispute, reason="look again", by=doyun, at=NOON + DAY)
    with pytest.raises(DisputeEnded):
        approve(dispute, doyun)
    propose(dispute, "LOST", doyun)
    approve(dispute, sena)
    assert state(dispute) == ("LOST", "PEOPLE")


@pytest.mark.django_db
def test_nothing_is_added_to_what_is_proposed_or_after_the_time(
    dispute: Dispute, sena: User
) -> None:
    with pytest.raises(EvidenceTooLate):
        answer(dispute, at=NOON + 4 * DAY)
    answer(dispute)
    before = seen(dispute)
    answer(dispute, "more")
    assert seen(dispute) != before
    propose(dispute, "WON", sena)
    with pytest.raises(DisputeEnded):
        answer(dispute, "and more")


@pytest.mark.django_db
def test_files_are_small_and_what_they_begin_like(dispute: Dispute) -> None:
    added = evidence.add(dispute=dispute, shown=Shown(PAYER, "user:1", file=PNG), at=NOON)
    assert (added.file_type, added.file_sha256) == ("image/png", hashlib.sha256(PNG).hexdigest())
    for file in (b"", b"<svg>", b"MZ", PNG + b"x" * 256 * 1024):
        with pytest.raises(EvidenceInvalid):
            evidence.add(dispute=dispute, shown=Shown(PAYER, "user:1", file=file), at=NOON)
    with pytest.raises(EvidenceInvalid):
        evidence.add(dispute=dispute, shown=Shown(PAYER, "user:1"), at=NOON)


@pytest.mark.django_db
def test_each_side_gives_five_pieces(dispute: Dispute) -> None:
    for number in range(5):
        answer(dispute, str(number))
    with pytest.raises(TooMuchEvidence):
        answer(dispute, "6")
    evidence.add(dispute=dispute, shown=Shown(PAYER, "user:1", "mine"), at=NOON)
    assert DisputeEvidence.objects.filter(side=MERCHANT).count() == 5


@pytest.mark.django_db
def test_staff_decide_by_the_command(
    alice: Wallet, corner_shop: Store, sena: User, doyun: User
) -> None:
    dispute = contest(paid(corner_shop, alice), alice)
    answer(dispute)

    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("disputes", *arguments, stdout=out)
        return out.getvalue()

    key = str(dispute.public_id)
    assert key in said("list")
    said("propose", key, "LOST", "--reason", "no receipt", "--by", sena.phone)
    said("send-back", key, "--reason", "look again", "--by", doyun.phone)
    said("propose", key, "LOST", "--reason", "no receipt", "--by", sena.phone)
    digest = said("show", key).splitlines()[-1].removeprefix("digest: ")
    assert said("approve", key, "--seen", digest, "--by", doyun.phone) == "LOST\n"
    assert said("list") == ""
