"""A till and a telephone without a network, in files: ask, pay, accept, and what to upload."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.management import offline_kit as kit
from merchants.management.reading import told
from merchants.offline.wire import receipts

_TILL = (
    ("till-new", "begin a till; prints what to ask for its certificate with", ("terminal",)),
    ("till-load", "take the certificate: the server's answer, on the standard input", ()),
    ("till-sync", "take the list of the revoked: the server's answer, the same way", ()),
    ("till-ask", "print the code to show for an amount in minor units", ("amount",)),
    ("till-accept", "take a voucher or a receipt that the payer shows", ("code",)),
    ("till-batch", "print what to upload", ()),
)
_PHONE = (
    ("phone-new", "begin a telephone; prints what to bind it with", ("number",)),
    ("phone-load", "take an allowance: the server's answer, on the standard input", ()),
    ("phone-pay", "print the voucher that answers a till's code", ("code",)),
)


class Command(BaseCommand):
    help = "A till and a telephone without a network, kept in files; see docs/shop.md."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, says, asked in (*_TILL, *_PHONE):
            command = verbs.add_parser(verb, help=says)
            command.add_argument("file", type=Path, help="where it is kept")
            for name in asked:
                command.add_argument(name, type=int if name == "amount" else str)
            if verb == "till-ask":
                command.add_argument("--order-no", help="the merchant's own; it pays once")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        try:
            with told():
                said = getattr(self, "_" + verb.replace("-", "_"))(options["file"], options)
        except (OSError, KeyError, ValueError) as exc:
            raise CommandError(f"{options['file']}: {type(exc).__name__} {exc}") from exc
        if said is not None:
            self.stdout.write(said)

    def _till_new(self, path: Path, options: dict[str, Any]) -> str:
        made = kit.new_till(
            path, terminal=options["terminal"], raw=secrets.token_bytes(kit.KEY_BYTES)
        )
        return json.dumps(made)

    def _till_load(self, path: Path, _options: dict[str, Any]) -> None:
        kit.certified(path, json.load(sys.stdin), at=_now())

    def _till_sync(self, path: Path, _options: dict[str, Any]) -> None:
        kit.till(path).synchronize(json.load(sys.stdin)["revocations"], at=_now())

    def _till_ask(self, path: Path, options: dict[str, Any]) -> str:
        return kit.till(path).ask(options["amount"], at=_now(), order_no=options["order_no"])

    def _till_accept(self, path: Path, options: dict[str, Any]) -> str:
        code, till = options["code"], kit.till(path)
        if code.startswith(receipts.PREFIX):
            receipt = till.accept_receipt(code, at=_now())
            return f"paid {receipt.amount} {receipt.currency}, payment {receipt.number}"
        voucher = till.accept(code, at=_now()).voucher
        return f"accepted {voucher.amount} {voucher.currency}, to be uploaded"

    def _till_batch(self, path: Path, _options: dict[str, Any]) -> str:
        kept = kit.till(path).batch()
        return json.dumps(
            {"vouchers": [{"voucher": each.text, "order_no": each.order_no} for each in kept]}
        )

    def _phone_new(self, path: Path, options: dict[str, Any]) -> str:
        made = kit.new_phone(
            path, number=options["number"], raw=secrets.token_bytes(kit.KEY_BYTES)
        )
        return json.dumps(made)

    def _phone_load(self, path: Path, _options: dict[str, Any]) -> None:
        kit.loaded(path, json.load(sys.stdin))

    def _phone_pay(self, path: Path, options: dict[str, Any]) -> str:
        return kit.pay(path, options["code"], at=_now())


def _now() -> int:
    return int(timezone.now().timestamp())
