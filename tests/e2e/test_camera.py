"""A camera held to a poster: its picture comes from a file made here."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from merchants.codes.pictures.images import draw_png
from merchants.models import Store
from merchants.store_codes import printed_code
from tests.e2e.screens import Screen
from tests.wallet.people import held
from wallet.models import Wallet

WIDTH, HEIGHT, FRAMES = 640, 480, 10


def film(payload: str, path: Path) -> Path:
    """Write a film of a code on a grey wall, as Chromium's made-up camera plays it."""
    wall = Image.new("L", (WIDTH, HEIGHT), 200)
    code = Image.open(io.BytesIO(draw_png(payload))).convert("L").resize((400, 400))
    wall.paste(code, ((WIDTH - 400) // 2, (HEIGHT - 400) // 2))
    colour = bytes([128]) * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + wall.tobytes() + colour
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\n".encode()
    path.write_bytes(head + frame * FRAMES)
    return path


def test_a_poster_held_to_the_camera_is_paid(
    browser_type: Any,
    browser_type_launch_args: dict[str, Any],
    address: str,
    alice: Wallet,
    corner_shop: Store,
    tmp_path: Path,
) -> None:
    poster = film(printed_code(corner_shop), tmp_path / "poster.y4m")
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={poster}",
    ]
    launch = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *camera]}
    browser = browser_type.launch(**launch)
    try:
        context = browser.new_context(locale="en-GB", permissions=["camera"])
        phone = Screen(context.new_page(), address).sign_in(alice.holder.phone)
        phone.open("/scan")  # the camera was allowed before: it starts by itself
        phone.see("your first payment here")
        phone.fill(amount="4500")
        phone.press("Go on")
        phone.confirm("Pay ₩4,500")
        phone.see("The till shows the same digits")
        assert any(url.endswith(".wasm") for url in phone.requests)  # no reader of its own here
        assert all(url.startswith((address, "blob:", "data:")) for url in phone.requests)
        assert phone.complaints == []
    finally:
        browser.close()
    assert held(alice) == 45_500
