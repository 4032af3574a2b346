"""Payments without a network: verifying a voucher, and an upload of 10,000."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.server import Server, run

DATABASE = "jigap_vouchers"
VERIFIED_A_SECOND = 1_000  # a millisecond each


class Vouchers:
    """Vouchers verified by a till, taken by the server, and payments by a printed code."""

    comparisons = (
        ("voucher_verify_vs_a_millisecond", "verify", "a millisecond each", 1.0),
        ("voucher_upload_vs_payments", "upload of 10,000", "payments one by one", 1.0),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.seconds = "1" if quick else "4"
        self.environment = server.environment(
            DATABASE, DJANGO_SETTINGS_MODULE="bench.http.settings"
        )
        server.create(DATABASE)
        run(sys.executable, "manage.py", "migrate", "-v", "0", environment=self.environment)

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once; yield its name and how many a second."""
        yield "a millisecond each", VERIFIED_A_SECOND
        yield "verify", self._run("verify", self.seconds)
        yield "upload of 10,000", self._run("upload")
        yield "payments one by one", self._run("pay", self.seconds)

    def _run(self, *case: str) -> float:
        command = (sys.executable, "-m", "bench.http.vouchers", *case)
        return float(run(*command, environment=self.environment).split()[-1])
