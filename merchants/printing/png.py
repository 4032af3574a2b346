"""A page as a picture, drawn from its PDF."""

from __future__ import annotations

import io

import pypdfium2

from merchants.printing.layout import Page
from merchants.printing.pdf import to_pdf

DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72


def to_png(page: Page, *, dots_per_inch: int = DOTS_PER_INCH) -> bytes:
    """Return the page as a PNG file; for Korean see Note [Korean without a font file]."""
    document = pypdfium2.PdfDocument(to_pdf(page))
    try:
        bitmap = document[0].render(scale=dots_per_inch / _POINTS_PER_INCH, grayscale=True)
        file = io.BytesIO()
        dots = (dots_per_inch, dots_per_inch)
        bitmap.to_pil().save(file, "PNG", dpi=dots, optimize=False)
    finally:
        document.close()
    return file.getvalue()
