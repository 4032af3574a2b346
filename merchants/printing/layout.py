"""Where everything stands on a poster: millimetres from the top left corner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from merchants.codes.pictures.symbol import Correction, compose_symbol
from merchants.models import Store, Terminal
from merchants.store_codes import printed_code

# With its quiet zone; the symbol itself is a little more than 25 mm wide.
STICKER_CODE_MM = 28.0

_A6_WIDTH, _A6_HEIGHT = 105.0, 148.0
_A5_WIDTH, _A5_HEIGHT = 148.0, 210.0
_A4_WIDTH, _A4_HEIGHT = 210.0, 297.0
_COLUMNS, _ROWS = 4, 6
_INVITES = "스캔해서 결제하세요 · Scan to pay"
_WARNS = ("결제 화면의 가게 이름을 확인하세요", "Check the store's name before you pay")
_TYPED = "스캔이 안 되면 입력 · Or type"


class Size(StrEnum):
    """What a poster is printed on."""

    A6 = "A6"
    A5 = "A5"
    STICKERS = "STICKERS"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, centred at ``x``; ``y`` is its base line, ``size`` the height of it."""

    x: float
    y: float
    size: float
    text: str
    most_wide: float


@dataclass(frozen=True, slots=True)
class Code:
    """The square of a code with its quiet zone: left, top and side."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page, with one code on it, once or many times; ``modules`` are its rows, True is dark."""

    title: str
    width: float
    height: float
    modules: list[list[bool]]
    words: tuple[Words, ...]
    codes: tuple[Code, ...]

    @property
    def module(self) -> float:
        """The part of a code's side that one module takes."""
        return 1 / len(self.modules)


def lay_out(*, store: Store, size: Size, terminal: Terminal | None = None) -> Page:
    """Return the page to print for a store, or one of its tills.

    Raises:
        CodeRefused: what is known of the store does not fit a code.

    """
    symbol = compose_symbol(printed_code(store, terminal), correction=Correction.M, box_size=1)
    words, codes, width, height = {
        Size.A6: lambda: _poster(store, terminal, _A6_WIDTH, _A6_HEIGHT),
        Size.A5: lambda: _poster(store, terminal, _A5_WIDTH, _A5_HEIGHT),
        Size.STICKERS: lambda: _stickers(store),
    }[size]()
    return Page(store.name, width, height, symbol.get_matrix(), tuple(words), tuple(codes))


def payee_code(store: Store) -> str:
    """Return what a payer types who cannot scan: the store's id, in groups."""
    text = store.public_id
    return "-".join((text[:3], text[3:7], text[7:])) if len(text) > 7 else text  # noqa: PLR2004


def runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield the dark runs of a row of modules: first module, and how many."""
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


_Drawn = tuple[list[Words], list[Code], float, float]


def _poster(store: Store, terminal: Terminal | None, width: float, height: float) -> _Drawn:
    """Return a poster, drawn for A6 and made larger for others."""
    scale = width / _A6_WIDTH
    middle, wide = _A6_WIDTH / 2, _A6_WIDTH - 12
    till = f" · {terminal.public_id}" if terminal is not None else ""
    lines = [
        (13.0, 8.0, "Jigap"),
        (21.0, 4.2, _INVITES),
        (98.0, 7.0, store.name),
        (106.0, 4.6, f"{store.latin_name} · {store.city}"),
        (116.0, 3.2, _TYPED),
        (122.5, 5.6, payee_code(store)),
        (131.0, 3.4, _WARNS[0]),
        (136.0, 3.2, _WARNS[1]),
        (143.0, 2.4, f"v{store.poster_version}{till}"),
    ]
    words = [
        Words(middle * scale, y * scale, size * scale, text, wide * scale)
        for y, size, text in lines
    ]
    side = 66.0
    code = Code((middle - side / 2) * scale, 24.0 * scale, side * scale)
    return words, [code], width, height


def _stickers(store: Store) -> _Drawn:
    """Return a sheet of A4 full of stickers, to be cut along the middle between them."""
    width, height = _A4_WIDTH / _COLUMNS, _A4_HEIGHT / _ROWS
    words, codes = [], []
    for place in range(_COLUMNS * _ROWS):
        left, top = place % _COLUMNS * width, place // _COLUMNS * height
        middle = left + width / 2
        codes.append(Code(middle - STICKER_CODE_MM / 2, top + 4, STICKER_CODE_MM))
        words += [
            Words(middle, top + 36, 3.6, store.name, width - 8),
            Words(middle, top + 40.5, 2.6, store.latin_name, width - 8),
            Words(middle, top + 44.5, 2.8, payee_code(store), width - 8),
        ]
    return words, codes, _A4_WIDTH, _A4_HEIGHT
