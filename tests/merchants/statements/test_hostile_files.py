"""What somebody sends who wants to read our files, fill our memory or stop us."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from merchants.errors import ProfileUnsound, StatementUnreadable
from merchants.models import BankLine
from merchants.statements import formats
from merchants.statements.profiles import read_profile
from tests.merchants.statements.conftest import Take
from tests.merchants.statements.files import PROFILE, Move, Paper, camt, mt940, sheet

PAPER = Paper((Move(5, "R1", text="one"),))
LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "lol">{LOL}]>',
    "a file of ours": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "an external definition": '<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">',
    "a parameter entity": '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
}


def read(data: bytes) -> list[object]:
    return list(formats.read(io.BytesIO(data)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_document_type_never_reaches_the_parser(take: Take, name: str) -> None:
    head, _, rest = camt(PAPER).partition(b"\n")
    verdict = take(b"\n".join([head, HOSTILE[name].encode(), rest]))
    assert [(str(one.fault), one.line) for one in verdict.troubles] == [("UNREADABLE", 2)]
    assert not BankLine.objects.exists()


def test_a_document_type_between_two_chunks_is_found_too() -> None:
    data = camt(PAPER)
    place = data.index(b"<Document")
    for gap in range(64 * 1024 - 12, 64 * 1024 + 3):
        filler = b"<!--" + b"x" * (gap - place - 7) + b"-->"
        hostile = data[:place] + filler + b"<!DOCTYPE d>" + data[place:]
        with pytest.raises(StatementUnreadable, match="document type"):
            read(hostile)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7"])
def test_no_other_encoding_hides_one(encoding: str) -> None:
    text = camt(PAPER).decode().replace("UTF-8", encoding.upper())
    hostile = text.replace("?>\n", "?>\n<!DOCTYPE d>", 1)
    with pytest.raises(StatementUnreadable):
        read(hostile.encode(encoding))


def test_an_entity_without_definition_is_broken_xml() -> None:
    with pytest.raises(StatementUnreadable, match="line 6: broken XML"):
        read(camt(PAPER).replace(b">one<", b">&one;<"))


def test_a_hundred_thousand_brackets_deep_is_refused() -> None:
    deep = camt(PAPER, junk="<a>" * 100_000 + "</a>" * 100_000)
    with pytest.raises(StatementUnreadable):
        read(deep)


@pytest.mark.parametrize(
    "filler", ["<Junk/>", "<!-- -->", " " * 8, "<TxDtls><Amt>1</Amt></TxDtls>"]
)
def test_what_is_no_entry_fills_no_memory(filler: str) -> None:
    class Endless(io.RawIOBase):
        """A file that goes on for ever."""

        def __init__(self) -> None:
            self._begin, _, _ = camt(PAPER).partition(b"<Acct>")
            self._start, self._filler = self._begin, filler.encode() * 4096

        def read(self, size: int = -1) -> bytes:
            start, self._start = self._start, b""
            return start or self._filler[: size // len(filler) * len(filler)]

        def seek(self, place: int, _whence: int = 0) -> int:
            self._start = self._begin
            return place

    tracemalloc.start()
    with pytest.raises(StatementUnreadable, match=r"too much|too long"):
        list(formats.read(Endless()))  # type: ignore[arg-type]
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"<",
        b"<a/>",
        b"<?xml version='1.0'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'/>",
        camt(PAPER, version=9),
        b":20:",
        b":20:x\n:25:1\n:60F:C260302KRW1,\n:62F:C260302KRW99999999999999999999,",
        b"01,/",
        b"01,\n" * 10,
        b"88,x",
        "\ud800".encode("utf-8", "surrogatepass"),
        b"\xff\xfe<\0D\0",
        b"PK\x03\x04",
    ],
)
def test_rubbish_is_refused_with_a_line(data: bytes) -> None:
    with pytest.raises(StatementUnreadable, match=r"^line \d+: "):
        read(data)


def test_amounts_that_no_column_holds_are_refused() -> None:
    huge = "9" * 18
    with pytest.raises(StatementUnreadable, match="no amount"):
        read(camt(PAPER).replace(b'<Amt Ccy="KRW">5<', f'<Amt Ccy="KRW">{huge}9<'.encode(), 1))
    for bad in (b"-5", b"5.5", b"1e3", b"0x5", b"", "\uff15".encode(), b"NaN"):
        with pytest.raises(StatementUnreadable):
            read(camt(PAPER).replace(b'KRW">5<', b'KRW">' + bad + b"<"))


def test_texts_keep_no_control_characters_and_fit_their_columns(take: Take) -> None:
    text = "a\\tb\\N \x85 \u202e" + "x" * 900
    assert take(camt(Paper((Move(5, "R" * 200, "E\\\\", text),)))).state == "LOADED"
    line = BankLine.objects.get()
    assert line.text.startswith("a\\tb\\N")
    assert len(line.text) == 500
    assert "\u202e" not in line.text
    assert (line.end_to_end_id, len(line.bank_reference)) == ("E\\\\", 64)


def test_mt940_with_zero_bytes_or_rubbish_between_statements_is_refused() -> None:
    with pytest.raises(StatementUnreadable, match="zero bytes"):
        read(mt940(PAPER).replace(b"one", b"o\0e"))
    with pytest.raises(StatementUnreadable):
        read(mt940(PAPER).replace(b":61:", b":61:!!"))


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"account": "a"}',
        PROFILE.replace(b'"in"', b"7"),
        PROFILE.replace(b"cp949", b"utf-7"),
        PROFILE.replace(b'"account"', b'"accounts"'),
        PROFILE[:-1] + b', "amount": "x"}',
        PROFILE[:-1] + b', "date_format": "%d"}',
        PROFILE[:-1] + b', "date_format": "%"}',
        PROFILE[:-1] + b', "delimiter": "ab"}',
        PROFILE[:-1] + b', "skip_rows": -1}',
        PROFILE[:-1] + b', "skip_rows": true}',
    ],
)
def test_a_profile_that_cannot_be_followed_is_refused(profile: bytes) -> None:
    with pytest.raises(ProfileUnsound):
        read_profile(profile)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"balance", b"saldo"),
        (b",R1,", b",R1,R2,"),
        (b'"5"', b'"five"'),
        (b"one", b"o\0e"),
        (b"one", b"\xff\xff"),
        (b'"one"', b'"one'),
        (b"2026-03-02", b"02.03.2026"),
    ],
)
def test_rows_that_do_not_fit_the_profile_are_named(old: bytes, new: bytes) -> None:
    data = sheet(PAPER).replace(old, new, 1)
    with pytest.raises(StatementUnreadable, match=r"^line [123]: "):
        list(formats.read(io.BytesIO(data), read_profile(PROFILE)))
