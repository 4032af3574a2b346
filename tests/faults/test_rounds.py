"""The whole table in rounds: all of it, the same for a seed, and what was found is said."""

from __future__ import annotations

from collections import Counter

from tests.faults.__main__ import POOLER, ROUND, rounds, summary
from tests.faults.nemesis import TABLE


def test_every_fault_comes_as_often_as_it_says() -> None:
    planned = rounds(1, 0.1)
    counts = Counter(fault.name for faults in planned for fault in faults)
    assert counts == {fault.name: max(1, round(fault.full_count * 0.1)) for fault in TABLE}
    assert max(map(len, planned)) <= ROUND
    assert planned == rounds(1, 0.1) != rounds(2, 0.1)


def test_the_pooler_has_rounds_of_its_own() -> None:
    mixed = [{fault.name for fault in faults} for faults in rounds(1, 0.1)]
    assert [names for names in mixed if POOLER in names] == [{POOLER}]


def test_what_was_left_out_or_found_is_said() -> None:
    line = {
        "seed": 1000,
        "faults": {"kill-web": 2, "fail-fsync": 1},
        "left_out": ["fail-fsync: strace is not installed"],
        "intents": 7,
        "acknowledged": 6,
        "found": {"C1": ["one is gone"]},
    }
    assert summary([line]) == [
        "fail-fsync: 0",
        "kill-web: 2",
        "not on this machine: fail-fsync: strace is not installed",
        "intents 7, acknowledged 6, rounds 1",
        "seed 1000: {'C1': ['one is gone']}",
    ]
