"""The short, deterministic run of what ``make fuzz`` does for long with a fuzzer."""

from __future__ import annotations

import pytest

from merchants.codes.mpm import code as mpm
from merchants.errors import CodeChecksumWrong, CodeRefused
from tests.codes.payloads import sealed
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS

COUNT = 1_500


@pytest.mark.parametrize("name", TARGETS)
def test_strangers_input_is_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    for data in mutated(target, seed=4, count=COUNT):
        try:
            target.act(data)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} from {data!r}") from error


def test_changes_reach_deep_into_a_reader() -> None:
    # Nothing is found out where all of it is refused at the door.
    codes = [data.decode("latin-1") for data in mutated(TARGETS["mpm"], seed=4, count=400)]
    read = [text for text in codes if not isinstance(outcome(text), CodeChecksumWrong)]
    assert len({type(outcome(sealed(text[:-8]))) for text in codes}) > 5
    assert len(read) > len(codes) // 4


def outcome(text: str) -> CodeRefused | None:
    try:
        mpm.read(text)
    except CodeRefused as refusal:
        return refusal
    return None
