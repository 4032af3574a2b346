"""Codes as pictures: what is drawn can be scanned, and hostile pictures do no harm."""

import struct
import zlib
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from merchants.codes.ours.store_code import write_store_code
from merchants.codes.pictures import images
from merchants.codes.pictures.images import draw_png, draw_svg, read_image
from merchants.codes.pictures.symbol import QUIET_ZONE_MODULES, Correction, compose_symbol
from merchants.errors import CodeTooLong, ImageTooLarge, ImageUnreadable
from tests.codes.payloads import payload
from tests.codes.test_store_code import CORNER_SHOP, PINE_COFFEE

ENGLISH, KOREAN = write_store_code(CORNER_SHOP), write_store_code(PINE_COFFEE)


def png_of(picture: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()


def picture_of(text: str) -> Image.Image:
    return Image.open(BytesIO(draw_png(text)))


@pytest.mark.parametrize("text", [ENGLISH, KOREAN])
@pytest.mark.parametrize("correction", Correction)
def test_a_drawn_code_scans_back(text: str, correction: Correction) -> None:
    assert read_image(draw_png(text, correction=correction)) == [text]


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0xD7A3), min_size=1, max_size=120))
def test_any_text_scans_back(text: str) -> None:
    assert read_image(draw_png(text, module_pixels=4)) == [text]


@pytest.mark.parametrize("correction", Correction)
def test_the_asked_for_error_correction_is_used(correction: Correction) -> None:
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(draw_png(KOREAN, correction=correction))))

    assert found.ec_level == correction.name


def bits_of(text: str) -> str:
    """Return the data of a one-block symbol as the decoder will see it, bit by bit."""
    symbol = compose_symbol(text, correction=Correction.M, box_size=1)
    assert symbol.data_cache is not None
    return "".join(f"{codeword:08b}" for codeword in symbol.data_cache)


@pytest.mark.parametrize("text", ["00020101021126", "ABC 123", "abc", "0002ABCabc"])
def test_the_symbol_is_one_byte_segment_even_where_digits_would_be_shorter(text: str) -> None:
    bits = bits_of(text)

    assert bits[:4] == "0100"
    assert int(bits[4:12], 2) == len(text)
    assert bits[12:].startswith("".join(f"{byte:08b}" for byte in text.encode()) + "0000")


def test_other_scripts_are_declared_as_utf_8() -> None:
    bits = bits_of("소나무")

    assert bits[:12] == "0111" + f"{26:08b}"
    assert bits[12:16] == "0100"
    assert int(bits[16:24], 2) == len("소나무".encode())


@pytest.mark.parametrize(("text", "declared"), [(ENGLISH, False), (KOREAN, True)])
def test_a_scanner_sees_the_declaration(text: str, declared: bool) -> None:  # noqa: FBT001
    (found,) = zxingcpp.read_barcodes(picture_of(text), text_mode=zxingcpp.TextMode.HexECI)

    header = bytes.fromhex(found.text)[:10]
    assert header.startswith(b"]Q2\\000026" if declared else b"]Q1")


def test_the_quiet_zone_is_four_modules() -> None:
    picture = picture_of(ENGLISH).convert("L")
    margin = QUIET_ZONE_MODULES * 10

    dark = ImageOps.invert(picture).getbbox()
    assert dark == (margin, margin, picture.width - margin, picture.height - margin)
    assert QUIET_ZONE_MODULES == 4


def test_a_text_beyond_the_largest_symbol_is_refused() -> None:
    with pytest.raises(CodeTooLong):
        draw_png("x" * 3000)


def test_a_longer_text_takes_a_larger_symbol() -> None:
    # From version 10 on, the count of bytes takes 16 bits instead of 8.
    for length in (178, 179, 180, 181, 182, 512):
        text = "x" * length
        assert read_image(draw_png(text, module_pixels=4)) == [text]


def test_the_svg_draws_the_same_modules_as_the_png() -> None:
    root = ET.fromstring(draw_svg(ENGLISH))  # noqa: S314
    svg = "{http://www.w3.org/2000/svg}"
    side = float(root.attrib["viewBox"].split()[2])
    (path,) = root.iter(f"{svg}path")

    picture = picture_of(ENGLISH).convert("L")
    assert side * 10 == picture.width
    for shape in path.attrib["d"].split("M")[1:]:
        x, y = (float(number) for number in shape.split("H")[0].split(","))
        assert picture.getpixel((int(x * 10) + 5, int(y * 10) + 5)) == 0
    assert path.attrib["d"].count("M") == picture.tobytes().count(0) // 100


def test_several_codes_in_one_picture_come_from_top_to_bottom() -> None:
    texts = [payload({"60": city}) for city in ("Seoul", "Busan", "Jeju")]
    pictures = [picture_of(text).convert("L") for text in texts]
    sheet = Image.new("L", (pictures[0].width, sum(each.height for each in pictures)), 255)
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (0, place * pictures[0].height))

    assert read_image(png_of(sheet)) == texts


def test_a_light_on_dark_code_keeps_its_place_among_the_others() -> None:
    # The decoder looks for light modules last, and so would return this code last.
    above, below = picture_of(KOREAN).convert("L"), picture_of(KOREAN + "x").convert("L")
    sheet = Image.new("L", (below.width, above.height + below.height), 255)
    sheet.paste(ImageOps.invert(above), (0, 0))
    sheet.paste(below, (0, above.height))

    assert read_image(png_of(sheet)) == [KOREAN, KOREAN + "x"]


def test_a_photo_of_a_code_turned_and_small_is_read() -> None:
    photo = picture_of(KOREAN).convert("RGB").rotate(17, expand=True, fillcolor="white")
    file = BytesIO()
    photo.resize((420, 420)).save(file, "JPEG", quality=60)

    assert read_image(file.getvalue()) == [KOREAN]


def test_a_transparent_background_is_taken_for_white() -> None:
    modules = ImageOps.invert(picture_of(ENGLISH).convert("L"))
    picture = Image.new("RGBA", modules.size)
    picture.putalpha(modules)

    assert read_image(png_of(picture)) == [ENGLISH]


def test_a_code_in_another_encoding_is_no_error() -> None:
    symbol = zxingcpp.create_barcode(b"\xff\xfe\xfd", zxingcpp.BarcodeFormat.QRCode)
    file = BytesIO()
    Image.fromarray(symbol.to_image(scale=8)).save(file, "PNG")

    (text,) = read_image(file.getvalue())
    assert isinstance(text, str)


def test_a_picture_without_code_has_no_payloads() -> None:
    assert read_image(png_of(Image.new("L", (200, 200), 255))) == []


def test_other_kinds_of_barcode_are_not_payment_codes() -> None:
    symbol = zxingcpp.create_barcode("281234567890123456", zxingcpp.BarcodeFormat.Code128)
    file = BytesIO()
    Image.fromarray(symbol.to_image(scale=4)).save(file, "PNG")

    assert read_image(file.getvalue()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"P1 1 1 1",
        draw_png(ENGLISH)[:200],
        draw_png(ENGLISH)[:-30],
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        read_image(data)


def test_a_file_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(ImageTooLarge) as refusal:
        read_image(b"x" * (images.MAX_IMAGE_BYTES + 1))

    assert refusal.value.unit == "bytes"


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("side", [5_001, 10_000, 20_000, 2_000_000])
def test_a_decompression_bomb_is_refused_before_it_goes_off(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))

    with pytest.raises(ImageTooLarge) as refusal:
        read_image(bomb + chunk(b"IEND", b""))

    assert refusal.value.unit == "pixels"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_picture_is_read_or_refused(data: st.DataObject) -> None:
    picture = bytearray(draw_png("0002", module_pixels=2))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(picture) - 1))
        picture[place] = data.draw(st.integers(0, 255))
    try:
        payloads = read_image(bytes(picture))
    except (ImageUnreadable, ImageTooLarge):
        return
    assert all(isinstance(text, str) for text in payloads)
