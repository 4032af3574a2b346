"""Import a file's bytes outside the fixtures."""

from __future__ import annotations

import io

from merchants.statements.importing import import_file
from merchants.statements.verdicts import Verdict
from tests.merchants.statements.conftest import NOON


def take(data: bytes) -> Verdict:
    """Import, and expect that it was loaded."""
    verdict = import_file(file=io.BytesIO(data), name="bank.file", at=NOON)
    assert verdict.state == "LOADED", list(verdict.lines())
    return verdict
