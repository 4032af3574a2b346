"""A made-up camera: it sees a film that is written here, before it is switched on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from merchants.codes.pictures.images import draw_png

WIDTH, HEIGHT, FRAMES = 640, 480, 10


def film(payload: str, path: Path) -> Path:
    """Write a film of a code on a grey wall, as Chromium's made-up camera plays it.

    Of nothing, it is of the wall alone.
    """
    wall = Image.new("L", (WIDTH, HEIGHT), 200)
    if payload:
        _hang(payload, wall)
    colour = bytes([128]) * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + wall.tobytes() + colour
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\n".encode()
    path.write_bytes(head + frame * FRAMES)
    return path


def _hang(payload: str, wall: Image.Image) -> None:
    code = Image.open(io.BytesIO(draw_png(payload))).convert("L").resize((400, 400))
    wall.paste(code, ((WIDTH - 400) // 2, (HEIGHT - 400) // 2))


@contextmanager
def filming(browser_type: Any, launch: dict[str, Any], path: Path) -> Iterator[Any]:
    """Run a browser whose camera sees the film at a path, as it is when it is switched on."""
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
    browser = browser_type.launch(**{**launch, "args": [*launch["args"], *camera]})
    try:
        yield browser
    finally:
        browser.close()
