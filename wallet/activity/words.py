"""The words a note is found by.

Note [Search without a dictionary]: PostgreSQL's own parser and its `simple` configuration find
`5678` in `-5678` no more than they find `벅스` in `스타벅스`, and trigrams (pg_trgm) are an
extension that the embedded server lacks. So the lexemes are made here: a word, folded, and for a
word beyond ASCII each of its endings as well, so that a query by prefix finds any part of a
Korean word, whatever particle follows it. Each lexeme starts with the wallet's id and the field
it stands in (`42c` for the counterparty, `42m` for the memo): a query reads only the part of the
index that belongs to one wallet, however common its words are with others.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_WORD_LENGTH = 30
_MOST_LEXEMES = 200
_MOST_TERMS = 8


def lexemes(wallet_id: int, *, counterparty: str, memo: str) -> list[str]:
    """Return what a note is found by."""
    found: dict[str, None] = {}
    for field, text in (("c", counterparty), ("m", memo)):
        for word in _split(text):
            for part in _endings(word):
                found[f"{wallet_id}{field}{part}"] = None
    return list(found)[:_MOST_LEXEMES]


def query(wallet_id: int, *, counterparty: str = "", anywhere: str = "") -> str | None:
    """Return a tsquery that finds the notes with all of these words; None without any word.

    It is made of nothing but letters and digits between quotes, whatever the text was.
    """
    parts = [_prefix(wallet_id, "c", word) for word in _split(counterparty)]
    parts += [
        f"({_prefix(wallet_id, 'c', word)} | {_prefix(wallet_id, 'm', word)})"
        for word in _split(anywhere)
    ]
    return " & ".join(parts[: 2 * _MOST_TERMS]) or None


def has_words(text: str) -> bool:
    """Tell whether there is anything in the text to search for."""
    return bool(_split(text))


def _split(text: str) -> list[str]:
    return [word[:_WORD_LENGTH] for word in _WORD.findall(_fold(text))]


def _fold(text: str) -> str:
    # Composed, so that Korean typed on a system that takes syllables apart is found as well.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _endings(word: str) -> list[str]:
    return [word] if word.isascii() else [word[i:] for i in range(len(word))]


def _prefix(wallet_id: int, field: str, word: str) -> str:
    return f"'{wallet_id}{field}{word}':*"
