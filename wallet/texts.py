"""Text that one person writes and another reads: nothing in it may hide or mislead."""

from __future__ import annotations

import unicodedata

from wallet.errors import UnreadableText

# Controls, formats (bidi and zero-width among them), surrogates, private use, unassigned, and the
# two line separators.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that are drawn as nothing (Default_Ignorable_Code_Point, and braille's blank).
_INVISIBLE = frozenset(
    {
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    }
)


def clean_text(text: str, *, most: int) -> str:
    """Return text in NFC, with single plain spaces inside and none around.

    Raises:
        UnreadableText: it holds characters that are not seen, or more than ``most`` of them.

    """
    plain = unicodedata.normalize("NFC", text)
    if any(_is_refused(character) for character in plain):
        raise UnreadableText
    # After the check: split() would also swallow tabs and line feeds without a word.
    plain = " ".join(plain.split())
    if len(plain) > most:
        raise UnreadableText
    return plain


def _is_refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED or ord(character) in _INVISIBLE
