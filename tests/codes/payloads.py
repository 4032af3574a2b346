"""Payloads for the tests: composed by plain string work, not by the code under test."""

import binascii

MINIMAL = {
    "00": "01",
    "26": "0009app.other0104ACCT",
    "52": "5814",
    "53": "410",
    "58": "KR",
    "59": "Sonamu Coffee",
    "60": "Seoul",
}

PROMPTPAY = "0016A00000067701011101130066812345678"
VIETQR = "0010A00000072701240006970436011000123456780208QRIBFTTA"
DUITNOW = "0014A000000615000101065016640209123456789"
BHARAT_QR = "0010A0000005240116shop@examplebank"
PIX = "0014br.gov.bcb.pix0117shop@example.test"
QRIS = "0014ID.CO.QRIS.WWW0215ID1020012345678"
OURS = "0009app.jigap0108M7K2Q9ZT0208S1A2B3C4030201"


def run(objects: dict[str, str]) -> str:
    """Return the objects one after the other, as they are."""
    return "".join(f"{found}{len(value):02d}{value}" for found, value in objects.items())


def sealed(text: str) -> str:
    """Return ``text`` with a right checksum, whatever else is wrong with it."""
    text += "6304"
    return text + f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def payload(changes: dict[str, str | None] | None = None) -> str:
    """Return the smallest valid payload with objects changed, added or (None) left out."""
    objects = {**MINIMAL, **(changes or {})}
    return sealed(run({found: value for found, value in objects.items() if value is not None}))
