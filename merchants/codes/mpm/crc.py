"""The checksum that ends a payload: CRC-16/CCITT-FALSE over UTF-8.

It detects a misread, not a forgery: whoever edits a payload can compute it too.
"""

import binascii

_INITIAL = 0xFFFF


def checksum(text: str) -> str:
    """Return the four upper-case hexadecimal digits for ``text``.

    ``text`` is everything before the digits, the checksum's own id and length included
    (it ends in ``6304``). Bytes, not characters, are summed.
    """
    return f"{binascii.crc_hqx(text.encode(), _INITIAL):04X}"
