"""A page as SVG; the text is set in whatever font the viewer has."""

from __future__ import annotations

from xml.sax.saxutils import escape

from merchants.printing.layout import Code, Page, Words, runs

_FONTS = "'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif"
_WIDE = 0x1100  # where the scripts begin whose characters are as wide as high


def to_svg(page: Page) -> bytes:
    """Return the page as an SVG document, in millimetres."""
    size = f'width="{page.width:g}mm" height="{page.height:g}mm"'
    box = f'viewBox="0 0 {page.width:g} {page.height:g}"'
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>',
        f"<title>{escape(_plain(page.title))}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<defs><path id="code" d="{_path(page)}"/></defs>',
        *(_use(page, code) for code in page.codes),
        f'<g font-family="{_FONTS}" text-anchor="middle">',
        *map(_text, page.words),
        "</g></svg>",
    ]
    return "\n".join(parts).encode()


def _path(page: Page) -> str:
    return "".join(
        f"M{first} {place}h{count}v1h-{count}z"
        for place, row in enumerate(page.modules)
        for first, count in runs(row)
    )


def _use(page: Page, code: Code) -> str:
    scale = code.side * page.module
    move = f"translate({code.x:g} {code.y:g}) scale({scale:.6f})"
    return f'<use href="#code" transform="{move}" shape-rendering="crispEdges"/>'


def _text(words: Words) -> str:
    shown = _plain(words.text)
    width = sum(words.size if ord(c) >= _WIDE else words.size * 0.6 for c in shown)
    size = min(words.size, words.size * words.most_wide / width) if width else words.size
    place = f'x="{words.x:g}" y="{words.y:g}" font-size="{size:.3f}"'
    return f"<text {place}>{escape(shown)}</text>"


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "□" for c in text)
