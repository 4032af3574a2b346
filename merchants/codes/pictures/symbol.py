"""QR symbols as EMVCo wants them: one byte-mode segment, declared UTF-8 where not ASCII.

The ``qrcode`` package lays a symbol out, but given text it picks denser modes for parts of
it, and it cannot declare an encoding. So the bits are composed here, and laid out by it.
"""

from enum import IntEnum
from typing import Literal

from qrcode import base, constants, util
from qrcode.image.pil import PilImage
from qrcode.main import QRCode

from merchants.errors import CodeTooLong

QUIET_ZONE_MODULES = 4

_ECI_MODE, _ECI_UTF_8 = 0b0111, 26
_BYTE_MODE: Literal[4] = 0b0100
_MODE_BITS, _ECI_BITS, _BYTE_BITS = 4, 8, 8
_TERMINATOR_BITS = 4
_MAX_VERSION = 40


class Correction(IntEnum):
    """How much of a symbol may be lost: M about 15 percent, H (stickers, scratches) 30."""

    M = constants.ERROR_CORRECT_M
    H = constants.ERROR_CORRECT_H


def compose_symbol(payload: str, *, correction: Correction, box_size: int) -> QRCode[PilImage]:
    """Return the smallest symbol that holds ``payload``; ``box_size`` is pixels per module.

    Raises:
        CodeTooLong: the payload does not fit the largest symbol.

    """
    version = _smallest_version(payload, correction)
    symbol = QRCode(
        version=version,
        error_correction=correction.value,
        box_size=box_size,
        border=QUIET_ZONE_MODULES,
        image_factory=PilImage,
    )
    symbol.data_cache = _codewords(payload, version, correction)
    symbol.make(fit=False)
    return symbol


def _smallest_version(payload: str, correction: Correction) -> int:
    for version in range(1, _MAX_VERSION + 1):
        if _bits_of(payload, version) <= util.BIT_LIMIT_TABLE[correction][version]:
            return version
    limit = util.BIT_LIMIT_TABLE[correction][_MAX_VERSION] // _BYTE_BITS
    raise CodeTooLong(len(payload.encode()), limit)


def _bits_of(payload: str, version: int) -> int:
    """Return how long the segment is; made for each version, it would take a fifth of the time."""
    declared = 0 if payload.isascii() else _MODE_BITS + _ECI_BITS
    count = util.mode_sizes_for_version(version)[_BYTE_MODE]
    return declared + _MODE_BITS + count + len(payload.encode()) * _BYTE_BITS


def _segment(payload: str, version: int) -> util.BitBuffer:
    """Return the payload's bits: the encoding where it matters, mode, count, bytes."""
    data = payload.encode()
    bits = util.BitBuffer()
    if not payload.isascii():
        bits.put(_ECI_MODE, _MODE_BITS)
        bits.put(_ECI_UTF_8, _ECI_BITS)
    bits.put(_BYTE_MODE, _MODE_BITS)
    bits.put(len(data), util.mode_sizes_for_version(version)[_BYTE_MODE])
    for byte in data:
        bits.put(byte, _BYTE_BITS)
    return bits


def _codewords(payload: str, version: int, correction: Correction) -> list[int]:
    """Return the segment ended, filled up to the symbol's capacity, with error correction."""
    bits = _segment(payload, version)
    capacity = util.BIT_LIMIT_TABLE[correction][version]
    bits.put(0, min(_TERMINATOR_BITS, capacity - len(bits)))
    bits.put(0, -len(bits) % _BYTE_BITS)
    for place in range((capacity - len(bits)) // _BYTE_BITS):
        bits.put(util.PAD1 if place % 2 else util.PAD0, _BYTE_BITS)
    return util.create_bytes(bits, base.rs_blocks(version, correction.value))
