"""Whatever a bank writes is read back the same; whatever anybody writes is read or refused."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merchants.errors import StatementUnreadable
from merchants.statements import formats
from merchants.statements.contents import Foot, Line
from merchants.statements.profiles import Profile, read_profile
from tests.merchants.statements.files import PROFILE, Move, Paper, bai2, camt, mt940, sheet

_REFERENCES = st.text("ABCDEFGHJKLMNP0123456789", min_size=1, max_size=16)
_TEXTS = st.text("abcdefghij 0123456789", max_size=30).map(str.strip)
_MOVES = st.builds(
    Move,
    st.integers(-(10**9), 10**9).filter(bool),
    reference=_REFERENCES,
    end_to_end=_REFERENCES.filter(lambda text: text != "NONREF"),
    text=_TEXTS,
)
_PAPERS = st.builds(Paper, st.lists(_MOVES, max_size=8), opening=st.integers(-(10**10), 10**10))
_SAMPLE = Paper((Move(1_200, "R1", "E1", "one"), Move(-30, "R2", "E2", "two")), opening=7)
_PROFILE = read_profile(PROFILE)
_FORMATS: dict[str, tuple[Callable[[Paper], bytes], Profile | None]] = {
    "camt.053.001.02": (lambda paper: camt(paper, version=2), None),
    "camt.053.001.08": (camt, None),
    "mt940": (mt940, None),
    "bai2": (bai2, None),
    "csv": (sheet, _PROFILE),
}
_PIECES = st.sampled_from([
    b"<Ntry>", b"</Ntry>", b"<!DOCTYPE", b"]]>", b"&", b"\0", b"\xff", b"9" * 30, b"-", b"\n",
    b",", b":61:", b":20:", b":86:", b"88,", b"16,", b"99,", b"</Stmt>", b'Ccy="', b"2026-02-30",
    b"NOTPROVIDED", b'"', b"/", b"\r", b"C", b"RC", b"<Amt", b"{", "\u202e".encode(),
])  # fmt: skip


def refused(data: bytes, profile: Profile | None) -> StatementUnreadable | None:
    """Read a file; any other error than the documented one fails the test."""
    try:
        for _piece in formats.read(io.BytesIO(data), profile):
            pass
    except StatementUnreadable as refusal:
        return refusal
    return None


@pytest.mark.parametrize("name", _FORMATS)
@settings(max_examples=40, deadline=None)
@given(paper=_PAPERS)
def test_what_was_written_is_read_back(name: str, paper: Paper) -> None:
    write, profile = _FORMATS[name]
    if name == "csv" and not paper.moves:
        return
    pieces = list(formats.read(io.BytesIO(write(paper)), profile))
    lines = [piece for piece in pieces if isinstance(piece, Line)]
    found = [(one.amount_minor, one.bank_reference, one.end_to_end_id) for one in lines]
    assert found == [(m.minor, m.reference, m.end_to_end) for m in paper.moves]
    foot = pieces[-1]
    assert isinstance(foot, Foot)
    assert foot.opening is not None
    assert foot.closing is not None
    assert (foot.opening.minor, foot.closing.minor) == (paper.opening, paper.end)


@pytest.mark.parametrize("name", _FORMATS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_mangled_file_is_read_or_refused_and_nothing_else(
    name: str, data: st.DataObject
) -> None:
    write, profile = _FORMATS[name]
    whole = write(_SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(start, min(len(whole), start + 40)))
        whole = whole[:start] + data.draw(_PIECES | st.binary(max_size=6)) + whole[end:]
    refusal = refused(whole, profile)
    assert refusal is None or (refusal.line >= 1 and str(refusal).isprintable())


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300), start=st.sampled_from([b"", b"<", b":20:", b"01,", b"{1:"]))
def test_anything_at_all_is_read_or_refused(data: bytes, start: bytes) -> None:
    for profile in (None, _PROFILE):
        refusal = refused(start + data, profile)
        assert refusal is None or refusal.line >= 1
