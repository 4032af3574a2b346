"""Digits as bars (Code 128, code set C), for tills whose scanner reads lines only."""

from __future__ import annotations

_QUIET = 10  # modules of white on either side
_HEIGHT = 40
_START_C, _STOP = 105, "2331112"
_CHECK_MODULUS = 103
# Widths of bar, space, bar ... for the values 0 to 105 (ISO/IEC 15417, table 1).
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232"
)
_WIDTHS = _TABLE.split()


def draw_bars(digits: str) -> str:
    """Return an SVG of an even number of digits, one unit per module, quiet zones included."""
    values = [int(digits[i : i + 2]) for i in range(0, len(digits), 2)]
    check = (_START_C + sum(n * value for n, value in enumerate(values, 1))) % _CHECK_MODULUS
    widths = "".join(_WIDTHS[value] for value in (_START_C, *values, check)) + _STOP
    at, path = _QUIET, []
    for n, width in enumerate(map(int, widths)):
        if n % 2 == 0:
            path.append(f"M{at} 0h{width}v{_HEIGHT}h-{width}z")
        at += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at + _QUIET} {_HEIGHT}"'
        f' preserveAspectRatio="none"><path d="{"".join(path)}"/></svg>'
    )
