"""The QR code that takes a secret into an authenticator."""

from __future__ import annotations

import io

import qrcode
from qrcode.image.svg import SvgPathImage


def otpauth_svg(uri: str) -> str:
    """Return an ``otpauth://`` address as an SVG picture."""
    picture = io.BytesIO()
    qrcode.make(uri, image_factory=SvgPathImage).save(picture)
    return picture.getvalue().decode()


def otpauth_text(uri: str) -> str:
    """Return an ``otpauth://`` address as lines for a terminal."""
    code, lines = qrcode.QRCode(), io.StringIO()
    code.add_data(uri)
    code.print_ascii(out=lines)
    return lines.getvalue()
