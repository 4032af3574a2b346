"""A page as PDF, in the printer's own units: nothing of it is a picture."""

from __future__ import annotations

import io

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from merchants.printing.layout import Code, Page, Words, runs
from wallet.activity.paper import typeset


def to_pdf(page: Page) -> bytes:
    """Return the page as a PDF document; see Note [Korean without a font file]."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(page.width * mm, page.height * mm), pageCompression=1)
    canvas.setTitle(page.title)
    canvas.setAuthor("Jigap")
    for code in page.codes:
        _draw(canvas, page, code)
    for words in page.words:
        _write(canvas, page, words)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, page: Page, code: Code) -> None:
    side = code.side * mm * page.module
    top, left = (page.height - code.y) * mm, code.x * mm
    path = canvas.beginPath()
    for place, row in enumerate(page.modules):
        for first, count in runs(row):
            path.rect(left + first * side, top - (place + 1) * side, count * side, side)
    canvas.drawPath(path, stroke=0, fill=1)


def _write(canvas: Canvas, page: Page, words: Words) -> None:
    shown, font = typeset(words.text)
    size = words.size * mm
    width = pdfmetrics.stringWidth(shown, font, size)
    # Rather smaller than cut off: a name says who is paid.
    size = min(size, size * words.most_wide * mm / width) if width else size
    canvas.setFont(font, size)
    canvas.drawCentredString(words.x * mm, (page.height - words.y) * mm, shown)
