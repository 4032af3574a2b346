"""Pages of a PDF, written from the top down.

Note [Korean without a font file]: Korean text is set in HYSMyeongJo-Medium, one of the fonts that
a PDF may name without carrying it: the reader brings its own, or takes the nearest Korean font
there is. The text is stored as Unicode, so searching and copying work either way. A reader on a
machine without any Korean font shows blanks; for those, PDF_FONT names a TrueType file that is
then carried in every document, the used glyphs only.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import ClassVar

from django.conf import settings
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from wallet.activity.labels import label

_KOREAN, _LATIN = "HYSMyeongJo-Medium", "Helvetica"
_LAST_OF_PLANE = 0xFFFF


@lru_cache(maxsize=4)
def _font(path: str) -> str:
    """Return the name of the font for everything that is not ASCII."""
    if path:
        pdfmetrics.registerFont(TTFont("carried", path))
        return "carried"
    pdfmetrics.registerFont(UnicodeCIDFont(_KOREAN))
    return _KOREAN


def typeset(text: str) -> tuple[str, str]:
    """Return a text as it can be set, and the name of the font that has all of it."""
    # A font of this kind knows the first 65,536 characters; emoji come after them.
    shown = "".join(c if ord(c) <= _LAST_OF_PLANE and c.isprintable() else "□" for c in text)
    return shown, _LATIN if shown.isascii() else _font(settings.PDF_FONT)


class Sheet:
    """A4 pages written from the top down."""

    LEFT: ClassVar = 50
    RIGHT: ClassVar = A4[0] - 50
    TOP: ClassVar = A4[1] - 60
    BOTTOM: ClassVar = 60

    def __init__(self, heading: str, language: str) -> None:
        self.file = io.BytesIO()
        self.canvas = Canvas(self.file, pagesize=A4, pageCompression=1, lang=language)
        self.canvas.setTitle(heading)
        self.canvas.setAuthor("Jigap")
        self.language = language
        self.page = 1
        self.y = self.TOP

    def text(
        self, x: float, text: str, *, size: int = 9, width: float = 0, right: bool = False
    ) -> None:
        """Write at the current height, cut to the width where one is given."""
        shown, font = typeset(text)
        while width and pdfmetrics.stringWidth(shown, font, size) > width:
            shown = shown[:-2].rstrip() + "…"
            font = _font(settings.PDF_FONT)
        self.canvas.setFont(font, size)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, self.y, shown)

    def down(self, by: float) -> bool:
        """Go down; tell whether that began a new page."""
        self.y -= by
        if self.y >= self.BOTTOM:
            return False
        self.turn()
        return True

    def turn(self) -> None:
        """End the page with its number."""
        self.y = self.BOTTOM - 25
        self.text(self.LEFT, label("zone", self.language), size=8)
        number = f"{label('page', self.language)} {self.page}"
        self.text(self.RIGHT, number, size=8, right=True)
        self.canvas.showPage()
        self.page += 1
        self.y = self.TOP

    def rule(self) -> None:
        """Draw a line across."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(self.LEFT, self.y + 12, self.RIGHT, self.y + 12)

    def done(self) -> bytes:
        """Return the document."""
        self.turn()
        self.canvas.save()
        return self.file.getvalue()
