"""Printed codes: signing, composing and drawing 1,000 of them, against bare ``qrcode``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.server import Server, run

DATABASE = "jigap_codes"


class Codes:
    """The same payloads drawn as PNG: by us, signature included, and by ``qrcode`` alone."""

    comparisons = (("static_codes_vs_qrcode", "signed codes", "bare qrcode", 0.83),)

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.count = "100" if quick else "1000"
        self.environment = server.environment(
            DATABASE, DJANGO_SETTINGS_MODULE="bench.http.settings"
        )

    def cases(self) -> Iterator[tuple[str, float]]:
        """Draw them in turn; yield how many of each a second of processor time makes."""
        command = (sys.executable, "-m", "bench.http.printing", self.count)
        ours, bare = run(*command, environment=self.environment).split()[-2:]
        yield "signed codes", float(ours)
        yield "bare qrcode", float(bare)
