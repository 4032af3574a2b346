"""A file on its way to the XML parser, with what a statement never holds refused before it."""

from __future__ import annotations

from typing import BinaryIO

from merchants.errors import StatementUnreadable
from merchants.statements.contents import MOST_BYTES

_CHUNK = 64 * 1024
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")
_TAIL = max(len(word) for word in _FORBIDDEN) - 1
_SPACES = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Guard:
    """Hands a file on in chunks; ``progress`` says that an entry was read and let go.

    A document type is what entities, bombs and external definitions need, and no statement has
    one: the parser never gets to see it. Its bytes are searched for, since the encoding is UTF-8.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._tail = b""
        self._since = 0
        self._line = 1
        self._is_first = True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, however many were asked for.

        Raises:
            StatementUnreadable: a document type, another encoding, or an entry without end.

        """
        chunk = self._file.read(_CHUNK if size < 0 else min(size, _CHUNK))
        if self._is_first:
            self._is_first = False
            if not chunk.removeprefix(_BYTE_ORDER_MARK).lstrip(_SPACES).startswith(b"<"):
                raise StatementUnreadable(1, "not XML in UTF-8")
        window = self._tail + chunk
        for word in _FORBIDDEN:
            if word in window:
                line = self._line + window[: window.index(word)].count(b"\n")
                raise StatementUnreadable(line, "a document type or entity is not accepted")
        self._tail = window[-_TAIL:]
        self._line += window[: len(window) - len(self._tail)].count(b"\n")
        self._since += len(chunk)
        if self._since > MOST_BYTES:
            raise StatementUnreadable(self._line, "what stands between two entries is too much")
        return chunk

    def progress(self) -> None:
        """Note that what was read so far takes no memory any more."""
        self._since = 0
