"""Which line is which movement: seven rules, the surest first, and nothing matched twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from merchants.models import HouseAccount, MatchClaim, MatchGroup, Movement, StatementFile
from merchants.reconciliation.matching import match
from merchants.reconciliation.passes.guesses import only_subset
from merchants.reconciliation.rules import Rules
from tests.merchants.reconciliation.bank import (
    DAY,
    at,
    booked,
    breaks,
    close,
    matched,
    says,
)
from tests.merchants.statements.files import Move

PO = "PO1234567897"
NOBODY_GUESSES = Rules(confirm_guesses_up_to={})


def test_p1_the_end_to_end_id_and_the_amount(house: HouseAccount) -> None:
    booked(-3_000, "AB12")
    says([Move(-3_000, "R1", "AB12")])
    assert close().residual_minor == 0
    assert matched() == [("P1", "CONFIRMED", 1, 1)]
    group = MatchGroup.objects.get()
    assert (group.score, group.evidence["end_to_end_id"]) == (100, "AB12")
    assert StatementFile.objects.get().state == "MATCHED"


def test_p1_knows_an_id_without_its_hyphens_and_the_bank_s_own_reference(
    house: HouseAccount,
) -> None:
    booked(-500, "6f9619ff-8b86-4011-b42d-00c04fc964ff")
    booked(700, "BANKREF7")
    says([
        Move(-500, "R1", "6f9619ff8b864011b42d00c04fc964ff"),
        Move(700, "BANKREF7"),
    ])  # fmt: skip
    assert close().residual_minor == 0
    assert matched() == [("P1", "CONFIRMED", 1, 1)] * 2


def test_p1_gives_a_line_that_came_twice_to_one_movement_only(house: HouseAccount) -> None:
    booked(-3_000, "AB12")
    says([Move(-3_000, "R1", "AB12"), Move(-3_000, "R2", "AB12")])
    day = close()
    assert matched() == [("P1", "CONFIRMED", 1, 1)]
    assert breaks() == [("DUPLICATE_BANK_LINE", -3_000, "OPEN")]
    assert (day.residual_minor, day.breaks) == (0, {"DUPLICATE_BANK_LINE": -3_000})


def test_p2_our_reference_in_the_text(house: HouseAccount) -> None:
    booked(-3_000, PO)
    says([Move(-3_000, "R1", "", f"Gutschrift {PO} Danke")])
    close()
    assert matched() == [("P2", "CONFIRMED", 1, 1)]


def test_p3_one_line_for_a_batch(house: HouseAccount) -> None:
    for minor, source in ((-100, "A"), (-200, "B"), (-300, "C")):
        booked(minor, source)
    assert match(day=DAY, at=at()) is not None
    _in_batch("PR1")
    says([Move(-600, "R1", batch="PR1")])
    close()
    assert matched() == [("P3", "CONFIRMED", 1, 3)]


def test_p4_several_lines_for_one_movement_and_for_a_batch(house: HouseAccount) -> None:
    booked(-500, "A")
    booked(-70, "B")
    booked(-30, "C")
    assert match(day=DAY, at=at()) is not None
    _in_batch("PR1", "B", "C")
    says([
        Move(-200, "R1", "A"),
        Move(-300, "R2", "A"),
        Move(-40, "R3", batch="PR1"),
        Move(-60, "R4", batch="PR1"),
    ])  # fmt: skip
    close()
    assert matched() == [("P4", "CONFIRMED", 2, 1), ("P4", "CONFIRMED", 2, 2)]


def test_p5_amount_and_day_where_only_one_fits_both_ways(house: HouseAccount) -> None:
    booked(900, "A")
    booked(-800, "B")
    booked(-800, "C")
    says([Move(900, "R1"), Move(-800, "R2")], day=DAY + timedelta(days=1))
    close(DAY + timedelta(days=1))
    assert matched() == [("P5", "CONFIRMED", 1, 1)]


def test_p5_does_not_look_further_than_some_bank_days(house: HouseAccount) -> None:
    booked(900, "A")
    says([Move(900, "R1")], day=DAY + timedelta(days=7))
    close(DAY + timedelta(days=7))
    assert matched() == []


def test_p5_is_proposed_only_above_the_amount_that_guesses_are_trusted_with(
    house: HouseAccount,
) -> None:
    booked(900, "A")
    says([Move(900, "R1")])
    close(rules=Rules(confirm_guesses_up_to={"KRW": 899}))
    assert matched() == [("P5", "PROPOSED", 1, 1)]


def test_p6_the_only_set_that_adds_up(house: HouseAccount) -> None:
    for minor, source in ((-100, "A"), (-250, "B"), (-330, "C"), (-470, "D")):
        booked(minor, source)
    says([Move(-580, "R1")])
    close()
    assert matched() == [("P6", "CONFIRMED", 1, 2)]


def test_p6_leaves_it_to_a_person_where_two_sets_add_up(house: HouseAccount) -> None:
    for minor, source in ((-100, "A"), (-200, "B"), (-120, "C"), (-180, "D")):
        booked(minor, source)
    says([Move(-300, "R1")])
    close()
    assert matched() == []


def test_p7_a_difference_is_proposed_and_never_confirmed(house: HouseAccount) -> None:
    booked(-1_000, "A")
    says([Move(-1_003, "R1", "A")])
    assert close().breaks == {"AMOUNT_MISMATCH": -1_003}
    day = close(rules=Rules(tolerance={"KRW": 5}))
    assert matched() == [("P7", "PROPOSED", 1, 1)]
    assert MatchGroup.objects.get().difference_minor == -3
    assert (day.residual_minor, day.breaks) == (0, {"AMOUNT_MISMATCH": -3})


def test_a_dry_run_says_what_it_would_claim_and_claims_nothing(house: HouseAccount) -> None:
    booked(-3_000, "AB12")
    says([Move(-3_000, "R1", "AB12")])
    run = match(day=DAY, at=at(), is_dry_run=True)
    assert run is not None
    assert run.counts["P1"] == 1
    assert not MatchGroup.objects.exists()
    assert not Movement.objects.exists()


def test_running_again_changes_nothing(house: HouseAccount) -> None:
    booked(-3_000, "AB12")
    booked(-5, "B")
    says([Move(-3_000, "R1", "AB12"), Move(44, "R2")])
    first = close()
    claims = list(MatchClaim.objects.values_list())
    again = close()
    assert list(MatchClaim.objects.values_list()) == claims
    assert (again.residual_minor, again.breaks) == (first.residual_minor, first.breaks)
    assert sorted(breaks()) == [("TIMING", -5, "OPEN"), ("UNIDENTIFIED_RECEIPT", 44, "OPEN")]


def test_postgresql_lets_nothing_be_claimed_twice(house: HouseAccount) -> None:
    booked(-3_000, "AB12")
    says([Move(-3_000, "R1", "AB12")])
    close()
    for claim in MatchClaim.objects.all():
        claim.pk = None
        with pytest.raises(IntegrityError, match="claimed_once"):
            _save(claim)


def _save(claim: MatchClaim) -> None:
    claim.save(force_insert=True)


def _in_batch(batch: str, *sources: str) -> None:
    """Say that movements went to the bank in one file, which their payout run would say."""
    from tests.ledger.sql import tampered

    chosen = Movement.objects.filter(source_id__in=sources) if sources else Movement.objects.all()
    ids = list(chosen.values_list("pk", flat=True))
    tampered("UPDATE merchants_movement SET batch_id = %s WHERE id = ANY(%s)", [batch, ids])


@given(st.lists(st.integers(1, 60), min_size=2, max_size=9), st.integers(1, 300))
def test_the_only_subset_is_the_only_one(amounts: list[int], target: int) -> None:
    fitting = [
        mask
        for mask in range(1, 1 << len(amounts))
        if sum(a for i, a in enumerate(amounts) if mask >> i & 1) == target
    ]
    found = only_subset(amounts, target)
    if len(fitting) == 1:
        assert found == tuple(i for i in range(len(amounts)) if fitting[0] >> i & 1)
    else:
        assert found is None
