"""Whatever is printed scans: PDF, SVG and PNG, small, turned and out of focus."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from PIL import Image, ImageFilter
from pypdf import PdfReader

from merchants.codes.pictures.images import read_image
from merchants.models import Merchant, Store, Terminal
from merchants.printing.layout import Page, Size, lay_out, payee_code, runs
from merchants.printing.pdf import to_pdf
from merchants.printing.png import to_png
from merchants.printing.svg import to_svg
from merchants.store_codes import printed_code
from tests.merchants.cast import Program, keyed

MM_PER_INCH = 25.4
STORE = Store(
    public_id="S7K2Q9ZT4XB",
    merchant=Merchant(public_id="M2345678AB", currency="KRW"),
    name="소나무 커피 <서울>",
    latin_name="Sonamu Coffee",
    city="Seoul",
    merchant_category_code="5814",
)
PAYLOAD = printed_code(STORE)


def page(size: Size = Size.A6) -> Page:
    return lay_out(store=STORE, size=size)


def rendered(document: bytes, dots_per_inch: int = 300) -> Image.Image:
    """Return the first page of a PDF as it comes out of a printer."""
    opened = pypdfium2.PdfDocument(document)
    try:
        picture: Image.Image = opened[0].render(scale=dots_per_inch / 72).to_pil()
        return picture.convert("L")
    finally:
        opened.close()


def scanned(picture: Image.Image) -> list[str]:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return read_image(file.getvalue())


@pytest.mark.parametrize(("size", "count"), [(Size.A6, 1), (Size.A5, 1), (Size.STICKERS, 24)])
def test_every_code_on_a_page_scans(size: Size, count: int) -> None:
    document = to_pdf(page(size))
    assert scanned(rendered(document)) == [PAYLOAD] * count
    assert read_image(to_png(page(size))) == [PAYLOAD] * count


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [(Size.A6, 105, 148), (Size.A5, 148, 210), (Size.STICKERS, 210, 297)],
)
def test_a_page_has_the_size_it_says(size: Size, width: float, height: float) -> None:
    box = PdfReader(io.BytesIO(to_pdf(page(size)))).pages[0].mediabox
    assert float(box.width) * MM_PER_INCH / 72 == pytest.approx(width, abs=0.1)
    assert float(box.height) * MM_PER_INCH / 72 == pytest.approx(height, abs=0.1)
    with Image.open(io.BytesIO(to_png(page(size)))) as picture:
        assert picture.width == pytest.approx(width / MM_PER_INCH * 300, abs=2)


def test_a_sticker_is_read_at_25_mm_turned_and_blurred() -> None:
    sheet, dots = page(Size.STICKERS), 300 / MM_PER_INCH
    code = sheet.codes[0]
    modules = len(sheet.modules)
    assert code.side * (modules - 8) / modules == pytest.approx(25, abs=0.5)
    left, top = round(code.x * dots), round(code.y * dots)
    side = round(code.side * dots)
    cut = rendered(to_pdf(sheet)).crop((left, top, left + side, top + side))
    assert scanned(cut) == [PAYLOAD]
    for degrees in (7, 45, 90, 180, 263):
        turned = cut.rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
        assert scanned(turned) == [PAYLOAD], degrees
    assert scanned(cut.filter(ImageFilter.GaussianBlur(1.2))) == [PAYLOAD]


def test_a_photo_of_a_poster_askew_in_bad_light_is_read() -> None:
    picture = rendered(to_pdf(page()), 150).convert("RGB")
    askew = picture.rotate(
        14, expand=True, fillcolor=(90, 90, 90), resample=Image.Resampling.BICUBIC
    )
    dim = Image.eval(askew.filter(ImageFilter.GaussianBlur(1)), lambda value: 40 + value // 2)
    file = io.BytesIO()
    dim.save(file, "JPEG", quality=70)
    assert read_image(file.getvalue()) == [PAYLOAD]


def test_the_svg_draws_the_same_modules() -> None:
    drawn = page()
    root = ET.fromstring(to_svg(drawn))  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    (path,) = root.iter(f"{space}path")
    (use,) = root.iter(f"{space}use")
    side = len(drawn.modules)
    picture = Image.new("L", (side * 4, side * 4), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path.attrib["d"]):
        picture.paste(0, (int(x) * 4, int(y) * 4, (int(x) + int(width)) * 4, int(y) * 4 + 4))
    assert scanned(picture) == [PAYLOAD]
    scale = re.search(r"scale\(([\d.]+)\)", use.attrib["transform"])
    assert scale is not None
    assert float(scale[1]) * side == pytest.approx(drawn.codes[0].side, abs=0.01)
    assert root.attrib["width"] == "105mm"
    assert STORE.name in {text.text for text in root.iter(f"{space}text")}


def test_korean_and_english_and_what_may_be_typed_stand_on_it() -> None:
    text = PdfReader(io.BytesIO(to_pdf(page()))).pages[0].extract_text()
    for words in (
        STORE.name,
        "Sonamu Coffee",
        "S7K-2Q9Z-T4XB",
        "Scan to pay",
        "스캔해서 결제하세요",
        "v1",
    ):
        assert words in text, words
    assert payee_code(Store(public_id="SHORT")) == "SHORT"


def test_a_long_name_is_made_smaller_and_not_cut() -> None:
    store = Store(**{**vars_of(STORE), "name": "가" * 25})
    text = PdfReader(io.BytesIO(to_pdf(lay_out(store=store, size=Size.STICKERS)))).pages[0]
    assert "가" * 25 in text.extract_text()


def vars_of(store: Store) -> dict[str, object]:
    return {k: v for k, v in vars(store).items() if not k.startswith("_")} | {
        "merchant": store.merchant
    }


def test_runs_are_the_dark_parts_of_a_row() -> None:
    rows: Iterator[tuple[int, int]] = runs([True, False, True, True])
    assert list(rows) == [(0, 1), (2, 2)]
    assert list(runs([False])) == []


@pytest.mark.django_db
def test_the_command_prints_into_a_file(corner_shop: Store, tmp_path: Path) -> None:
    terminal = Terminal.objects.create(
        public_id="T23456789AB", store=corner_shop, label="1", added_at="2026-03-02T00:00:00Z"
    )
    for name in ("poster.png", "poster.pdf", "poster.svg"):
        call_command("poster", corner_shop.public_id, str(tmp_path / name), terminal="T23456789AB")
    assert read_image((tmp_path / "poster.png").read_bytes()) == [
        printed_code(corner_shop, terminal)
    ]
    assert (tmp_path / "poster.pdf").read_bytes().startswith(b"%PDF")
    for arguments in (
        ("SNOWHERE", str(tmp_path / "x.pdf")),
        (corner_shop.public_id, str(tmp_path / "x.gif")),
        (corner_shop.public_id, str(tmp_path / "nowhere" / "x.pdf")),
        (corner_shop.public_id, str(tmp_path / "x.pdf"), "--terminal=TNOWHERE"),
    ):
        with pytest.raises(CommandError):
            call_command("poster", *arguments)


@pytest.mark.django_db
def test_a_program_prints_over_the_api(corner_shop: Store) -> None:
    till = Program(keyed(corner_shop.merchant, "codes:read")[1])
    path = f"/merchant/stores/{corner_shop.public_id}/posters/print"
    for kind, media in (
        ("pdf", "application/pdf"),
        ("svg", "image/svg+xml"),
        ("png", "image/png"),
    ):
        answer = till.get(f"{path}?kind={kind}&size=A5")
        assert (answer.status_code, answer["Content-Type"]) == (200, media)
        assert f'{corner_shop.public_id}-A5.{kind}"' in answer["Content-Disposition"]
    (payload,) = read_image(till.get(f"{path}?kind=png").content)
    shown = till.get(f"/merchant/stores/{corner_shop.public_id}/posters").json()
    assert payload == shown["payload"]
    for wrong in ("kind=gif", "size=A4", "terminal_id=x%00"):
        assert till.get(f"{path}?{wrong}").status_code == 400
    assert till.get(f"{path}?terminal_id=TNOWHERE").status_code == 404
    other = Program(keyed(corner_shop.merchant, "payments:read")[1])
    assert other.get(path).status_code == 403
