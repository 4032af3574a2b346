"""Payloads as lines of a byte stream of any length, read in bounded memory."""

from collections.abc import Iterator
from typing import BinaryIO

from merchants.errors import CodeRefused, LineNotText, LineTooLong

MAX_LINE_LENGTH = 4096

# A character takes at most four bytes of UTF-8, a line end two.
_MAX_LINE_BYTES = MAX_LINE_LENGTH * 4 + 2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_lines(stream: BinaryIO) -> Iterator[str | CodeRefused]:
    """Yield each line's text without its end, or what is wrong with the line.

    Blank lines are passed over, and so is the byte order mark that some editors put first.
    A line is yielded as soon as it is complete, so a pipe can be answered line by line.
    """
    for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE_BYTES), b"")):
        if len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n"):
            _pass_over_rest(stream)
            yield LineTooLong(MAX_LINE_LENGTH)
        elif line.strip():
            yield _text_of(line if number else line.removeprefix(_BYTE_ORDER_MARK))


def _pass_over_rest(stream: BinaryIO) -> None:
    while (rest := stream.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _text_of(line: bytes) -> str | CodeRefused:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return LineNotText()
    text = text.removesuffix("\n").removesuffix("\r")
    return text if len(text) <= MAX_LINE_LENGTH else LineTooLong(MAX_LINE_LENGTH)
