"""Compute a payer's code as a phone does, without any network or database."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from wallet.codes.digits import HANDLE_DIGITS, KEY_BYTES, code_at


class Command(BaseCommand):
    help = "Print the twenty digits that a phone with this handle and key shows now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle", help="eight digits, as POST /devices/<id>/code-keys gave it")
        parser.add_argument("key", help="the key that came with it, base64url")
        parser.add_argument("--at", help="another instant, such as 2026-03-02T12:00:00+09:00")

    def handle(self, *_args: Any, **options: Any) -> None:
        key = _key(options["key"])
        handle = options["handle"]
        if len(handle) != HANDLE_DIGITS or not (handle.isascii() and handle.isdigit()):
            raise CommandError("a handle is eight digits")
        at = timezone.now() if options["at"] is None else _instant(options["at"])
        self.stdout.write(code_at(handle=handle, key=key, at=at))


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise CommandError("a key is 32 bytes in base64url")
    return key


def _instant(text: str) -> Any:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CommandError("an instant has a date, a time and an offset")
    return found
