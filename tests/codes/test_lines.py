"""Payload lines from a stream that may hold anything, of any length."""

from io import BytesIO

import pytest

from merchants.codes.lines import MAX_LINE_LENGTH, read_lines
from merchants.errors import LineNotText, LineTooLong


def outcomes(data: bytes) -> list[object]:
    """Return the texts, and the classes of the refusals, of the lines in ``data``."""
    lines = read_lines(BytesIO(data))
    return [line if isinstance(line, str) else type(line) for line in lines]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"\n\n  \n\t\r\na\n\n", ["a"]),
        (b" a \n", [" a "]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\0b\n", ["a\0b"]),
        ("소나무\n".encode(), ["소나무"]),
        (b"\xef\xbb\xbfa\nb\n", ["a", "b"]),
        (b"a\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
        (b"\xff\nb\n", [LineNotText, "b"]),
        (b"\xed\xa0\x80\nb\n", [LineNotText, "b"]),
        ("a\u2028b\n".encode(), ["a\u2028b"]),
    ],
)
def test_lines_are_told_apart(data: bytes, expected: list[object]) -> None:
    assert outcomes(data) == expected


@pytest.mark.parametrize("character", ["x", "나", "🏪"])
def test_a_line_is_limited_in_characters(character: str) -> None:
    fits = character * MAX_LINE_LENGTH

    data = f"{fits}\r\n{fits}{character}\nend\n".encode()

    assert outcomes(data) == [fits, LineTooLong, "end"]


@pytest.mark.parametrize("length", [16_384, 16_385, 16_386, 16_387, 16_388, 32_772, 10_000_000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_an_endless_line_is_passed_over(length: int, end: bytes) -> None:
    assert outcomes(b"first\n" + b"x" * length + end) == ["first", LineTooLong]
    if end:
        assert outcomes(b"x" * length + end + b"last") == [LineTooLong, "last"]


class Endless(BytesIO):
    """A stream of one line that never ends, which counts what is asked of it at a time."""

    largest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return as much as is asked for."""
        assert size is not None
        assert size > 0, "an unbounded read would take all memory"
        self.largest = max(self.largest, size)
        return super().readline(size)


def test_memory_is_bounded_by_the_limit() -> None:
    stream = Endless(b"x" * 1_000_000)

    assert [type(line) for line in read_lines(stream)] == [LineTooLong]
    assert stream.largest <= MAX_LINE_LENGTH * 4 + 2
