"""Codes as pictures: drawing a payload, and finding the payloads in a photo."""

import struct
import warnings
import zlib
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps
from qrcode.image.svg import SvgPathFillImage

from merchants.codes.pictures.symbol import Correction, compose_symbol
from merchants.errors import ImageTooLarge, ImageUnreadable

MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_IMAGE_PIXELS = 25_000_000

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_WHITE = (255, 255, 255, 255)

# What Pillow's decoders raise on broken or hostile files, as found by feeding them such.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    OverflowError,
    struct.error,
    zlib.error,
)
_DECODER_ALARMS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# Pillow only warns of a picture up to twice its own limit, which is above the one here.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def draw_png(
    payload: str, *, correction: Correction = Correction.M, module_pixels: int = 10
) -> bytes:
    """Return a PNG file of the QR symbol of ``payload``, quiet zone included.

    Raises:
        CodeTooLong: the payload does not fit the largest symbol.

    """
    file = BytesIO()
    symbol = compose_symbol(payload, correction=correction, box_size=module_pixels)
    symbol.make_image().save(file, "PNG")
    return file.getvalue()


def draw_svg(payload: str, *, correction: Correction = Correction.M) -> bytes:
    """Return an SVG file of the QR symbol of ``payload``, one millimetre per module.

    Raises:
        CodeTooLong: the payload does not fit the largest symbol.

    """
    file = BytesIO()
    symbol = compose_symbol(payload, correction=correction, box_size=10)
    symbol.make_image(image_factory=SvgPathFillImage).save(file)
    return file.getvalue()


def read_image(data: bytes) -> list[str]:
    """Return the text of every QR code in a picture, from top to bottom; maybe none.

    The text is UTF-8, which EMVCo prescribes; where a symbol holds something else, the
    decoder's best guess, which then is no valid payload.

    Raises:
        ImageTooLarge: over 10 MiB or 25 million pixels; nothing was decoded.
        ImageUnreadable: not a whole picture in one of the accepted formats.

    """
    found = zxingcpp.read_barcodes(
        open_picture(data).convert("L"),
        formats=_QR_CODES,
        text_mode=zxingcpp.TextMode.Plain,
    )
    found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [_text_of(code) for code in found]


def open_picture(data: bytes) -> Image.Image:
    """Return a picture that somebody sent, decoded, on white and the right way up.

    Raises:
        ImageTooLarge: over 10 MiB or 25 million pixels; nothing was decoded.
        ImageUnreadable: not a whole picture in one of the accepted formats.

    """
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageTooLarge(MAX_IMAGE_BYTES, "bytes")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            # Known from the header, before memory is spent on the pixels.
            if picture.width * picture.height > MAX_IMAGE_PIXELS:
                raise ImageTooLarge(MAX_IMAGE_PIXELS, "pixels")
            return ImageOps.exif_transpose(_on_white(picture)).convert("RGB")
    except _DECODER_ALARMS:
        raise ImageTooLarge(MAX_IMAGE_PIXELS, "pixels") from None
    except _DECODER_ERRORS:
        raise ImageUnreadable from None


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency, which would otherwise turn black."""
    if not picture.has_transparency_data:
        return picture
    opaque = Image.new("RGBA", picture.size, _WHITE)
    opaque.alpha_composite(picture.convert("RGBA"))
    return opaque


def _text_of(code: zxingcpp.Barcode) -> str:
    try:
        return code.bytes.decode()
    except UnicodeDecodeError:
        return code.text
