"""Twenty digits: RFC 6238 in the middle, check digits at the end."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from wallet.codes.digits import (
    ConsumerCode,
    check_digits,
    code_at,
    looks_like_one,
    one_time_digits,
    parse,
)
from wallet.errors import ConsumerCodeMalformed

# RFC 6238, appendix B, SHA-256.
RFC_KEY = b"12345678901234567890123456789012"
RFC = [
    (59, "46119246"),
    (1111111109, "68084774"),
    (1111111111, "67062674"),
    (1234567890, "91819424"),
    (2000000000, "90698825"),
    (20000000000, "77737706"),
]
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
ROOT = Path(__file__).resolve().parents[3]
eight = st.text("0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize(("seconds", "digits"), RFC)
def test_the_one_time_part_is_rfc_6238(seconds: int, digits: str) -> None:
    assert one_time_digits(RFC_KEY, seconds // 30) == digits
    at = datetime.fromtimestamp(seconds, UTC)
    code = code_at(handle="12345678", key=RFC_KEY, at=at)
    assert parse(code) == ConsumerCode("12345678", digits)


@given(eight, eight)
def test_what_is_written_is_read(handle: str, one_time: str) -> None:
    code = ConsumerCode(handle, one_time)
    assert len(str(code)) == 20
    assert int(str(code)) % 97 == 1
    assert parse(str(code)) == code


@given(eight, eight, st.data())
def test_a_mistyped_or_swapped_digit_is_found(
    handle: str, one_time: str, data: st.DataObject
) -> None:
    text = str(ConsumerCode(handle, one_time))
    place = data.draw(st.integers(0, 18))
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    other = data.draw(st.sampled_from("0123456789"))
    mistyped = text[:place] + other + text[place + 1 :]
    for wrong in {swapped, mistyped} - {text}:
        with pytest.raises(ConsumerCodeMalformed):
            parse(wrong)


@given(st.text(max_size=30))
def test_anything_else_is_refused_by_one_error(text: str) -> None:
    with suppress(ConsumerCodeMalformed):
        assert str(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7" * 20,
        "71" + "0" * 16 + "00",
        "28" + "0" * 18,
        "71" + "\u0661" * 18,
        " 71" + "0" * 17,
        "71" + "0" * 18 + "\n",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    with pytest.raises(ConsumerCodeMalformed):
        parse(text)


def test_the_form_is_told_apart_from_the_check() -> None:
    good = str(ConsumerCode("12345678", "46119246"))
    assert looks_like_one(good)
    assert looks_like_one(good[:-2] + "00")
    assert not looks_like_one("25" + good[2:])
    assert check_digits(good[:-2]) == good[-2:]


def test_the_command_computes_what_a_phone_shows_as_documented() -> None:
    out = StringIO()
    call_command("payer_code", "12345678", KEY, at="2026-03-02T12:00:00+09:00", stdout=out)
    shown = out.getvalue().strip()
    at = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
    assert shown == code_at(handle="12345678", key=bytes(range(32)), at=at)
    documented = (ROOT / "docs" / "codes.md").read_text()
    assert KEY in documented
    assert f"`{shown}`" in documented


@pytest.mark.parametrize(
    "arguments",
    [
        ("1234567", KEY),
        ("\u0661" * 8, KEY),
        ("12345678", "short"),
        ("12345678", "가"),
        ("12345678", KEY, "--at=soon"),
        ("12345678", KEY, "--at=2026-02-30T00:00:00Z"),
        ("12345678", KEY, "--at=2026-03-02T00:00:00"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("payer_code", *arguments)
