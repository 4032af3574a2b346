"""``manage.py read_code FILE|-``: what scanned codes say, one JSON per code."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from merchants.codes.lines import read_lines
from merchants.codes.pictures.images import MAX_IMAGE_BYTES, read_image
from merchants.errors import CodeRefused, ImageWithoutCode, OfflineCodeBroken
from merchants.scanned import describe
from wallet.errors import ConsumerCodeMalformed

STANDARD_INPUT = "-"
EXIT_REFUSED, EXIT_USAGE = 1, 2

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Command(BaseCommand):
    """Read codes without a database, so that it can run anywhere the code is installed."""

    help = (
        "Reads codes for paying: EMVCo merchant-presented and consumer-presented ones, the "
        "digits that payers show, vouchers and receipts of payments without a network; the QR "
        "codes in a PNG, JPEG, WebP or GIF file, "
        "or with - payloads from standard input, one per line (blank lines are passed over). "
        'Writes one JSON per code: {"ok":true,"fields":{...}} or '
        '{"ok":false,"code":...,"message":...}. '
        "Exits with 0 if all were read, 1 if any was refused, 2 if FILE cannot be opened."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the one argument."""
        parser.add_argument("source", metavar="FILE|-", help="a picture, or - for payload lines")

    def handle(self, *_args: object, source: str, **_options: Any) -> None:
        """Answer every code as soon as it is read, then exit."""
        _use_utf_8(self.stdout)
        codes = _lines() if source == STANDARD_INPUT else _codes_in(Path(source))
        any_refused = False
        try:
            for code in codes:
                answer = _answer(code)
                any_refused |= not answer["ok"]
                self.stdout.write(_encode(answer))
                self.stdout.flush()
        except BrokenPipeError:
            _abandon_output()
            any_refused = True
        if any_refused:
            sys.exit(EXIT_REFUSED)


def _use_utf_8(output: object) -> None:
    """Write UTF-8 whatever the locale says; a stream in memory has no encoding to change."""
    reconfigure = getattr(output, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")


def _lines() -> Iterator[str | CodeRefused]:
    return read_lines(sys.stdin.buffer)


def _codes_in(path: Path) -> Iterator[str | CodeRefused]:
    """Yield the payloads in a picture, or the one thing wrong with it."""
    try:
        with path.open("rb") as file:
            # One byte more than is allowed tells that a file is too large without reading it.
            data = file.read(MAX_IMAGE_BYTES + 1)
    except (OSError, ValueError) as error:
        message = f"{path}: {getattr(error, 'strerror', None) or error}"
        raise CommandError(message, returncode=EXIT_USAGE) from None
    try:
        payloads = read_image(data)
    except CodeRefused as refusal:
        yield refusal
        return
    yield from payloads
    if not payloads:
        yield ImageWithoutCode()


def _answer(code: str | CodeRefused) -> dict[str, object]:
    try:
        if isinstance(code, CodeRefused):
            raise code
        return {"ok": True, "fields": describe(code)}
    except (CodeRefused, ConsumerCodeMalformed, OfflineCodeBroken) as refusal:
        return {"ok": False, "code": refusal.code, "message": str(refusal)}


def _abandon_output() -> None:
    """Let the interpreter flush into nothing at exit: the reader has left (``| head``)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
