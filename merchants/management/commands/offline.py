"""Payments without a network: try the codes, upload files, look at what is out, decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.access.audits import name_of
from merchants.management.offline_codes import simulate
from merchants.management.reading import colleague, identifier, merchant, reason, told
from merchants.models import OfflineCase, Store, Voucher
from merchants.offline import cases, late, releasing
from merchants.offline.exposure import DAYS, exposure
from merchants.offline.issuing import public_keys
from merchants.offline.late import PaidBy
from merchants.offline.reference.describing import describe
from merchants.offline.uploading import Presented, upload


class Command(BaseCommand):
    help = "Payments without a network. The codes are described in docs/offline.md."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("keys", help="list the issuer's public keys")
        verbs.add_parser("simulate", help="let a made-up till and telephone pay each other")
        command = verbs.add_parser("check", help="say what a code says, and whether it is genuine")
        command.add_argument("code", help="its text; - reads it from the standard input")
        command = verbs.add_parser("upload", help="upload vouchers, one in a line")
        command.add_argument("merchant", help="its public id")
        command.add_argument("file", type=Path, help="a voucher in a line, an order number after")
        command = verbs.add_parser("exposure", help="tell what is out, and what was lost")
        command.add_argument("--days", type=int, default=DAYS)
        command.add_argument("--json", action="store_true")
        verbs.add_parser("cases", help="list the open cases, with the vouchers that prove them")
        command = verbs.add_parser("close-case", help="close a case; its holder may load again")
        command.add_argument("id", type=identifier)
        _add_decision(command)
        verbs.add_parser("late", help="list the vouchers that came too late")
        command = verbs.add_parser("decide", help="decide about a voucher that came too late")
        command.add_argument("voucher", help="its id, as listed")
        command.add_argument("--paid-by", required=True, type=PaidBy, choices=list(PaidBy))
        _add_decision(command)
        verbs.add_parser("run", help="do what the job does: give back, and book debts")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        with told():
            getattr(self, "_" + verb.replace("-", "_"))(options)

    def _keys(self, _options: dict[str, Any]) -> None:
        for key_id, public in public_keys().items():
            self.stdout.write(f"{key_id.hex()} {public.hex()}")

    def _simulate(self, _options: dict[str, Any]) -> None:
        for name, text in simulate(at=int(timezone.now().timestamp())):
            self.stdout.write(f"{name}: {text}")

    def _check(self, options: dict[str, Any]) -> None:
        text = input() if options["code"] == "-" else options["code"]
        self.stdout.write(json.dumps(describe(text.rstrip("\r\n"), keys=public_keys()), indent=2))

    def _upload(self, options: dict[str, Any]) -> None:
        found = merchant(options["merchant"])
        stores = Store.objects.filter(merchant=found).values_list("pk", flat=True)
        outcomes = upload(
            merchant=found,
            store_ids=list(stores),
            presented=_read(options["file"]),
            at=timezone.now(),
        )
        for each in outcomes:
            said = (each.digest[:16] or "-", each.state, each.code or "-", each.number or "-")
            self.stdout.write(" ".join(said))

    def _exposure(self, options: dict[str, Any]) -> None:
        for found in exposure(at=timezone.now(), days=options["days"]):
            if options["json"]:
                shown = {
                    "currency": found.currency,
                    "allowances": found.allowances,
                    "unexpired": found.unexpired.to_major(),
                    "reserves": found.reserves.to_major(),
                    "open_cases": found.open_cases,
                }
                self.stdout.write(json.dumps(shown))
                continue
            self.stdout.write(
                f"{found.allowances} allowances, {found.unexpired} to be spent,"
                f" {found.reserves} set aside, {found.open_cases} open cases"
            )
            for day in found.days:
                self.stdout.write(
                    f"{day.day} presented {day.claimed}, lost {day.lost}: {day.rate_bps} bps"
                )

    def _cases(self, _options: dict[str, Any]) -> None:
        open_ = OfflineCase.objects.filter(closed_at=None).select_related("allowance")
        for case in open_.order_by("pk").prefetch_related("allowance__vouchers"):
            kinds = ",".join(case.kinds)
            self.stdout.write(f"{case.public_id} {kinds} lost {case.loss_minor}")
            for voucher in case.allowance.vouchers.order_by("counter", "digest"):
                self.stdout.write(
                    f"  {voucher.counter} {voucher.amount_minor} {voucher.cumulative_minor}"
                    f" {bytes(voucher.body).hex()} {bytes(voucher.signature).hex()}"
                )

    def _close_case(self, options: dict[str, Any]) -> None:
        found = OfflineCase.objects.filter(public_id=options["id"]).first()
        if found is None:
            raise CommandError("there is no such case")
        actor = name_of(colleague(options["by"]))
        cases.close_case(case=found, note=options["reason"], actor=actor, at=timezone.now())
        self.stdout.write(f"case {found.public_id} is closed")

    def _late(self, _options: dict[str, Any]) -> None:
        rows = Voucher.objects.filter(state=Voucher.State.LATE).select_related("allowance")
        for voucher in rows.order_by("received_at", "pk"):
            self.stdout.write(
                f"{bytes(voucher.digest).hex()} {voucher.amount_minor}"
                f" {voucher.allowance.currency} asked {voucher.asked_at:%Y-%m-%d %H:%M}"
            )

    def _decide(self, options: dict[str, Any]) -> None:
        found = _voucher(options["voucher"])
        decided = late.decide(
            voucher=found,
            by=options["paid_by"],
            actor=name_of(colleague(options["by"])),
            reason=options["reason"],
            at=timezone.now(),
        )
        self.stdout.write(f"{decided} is {decided.state}")

    def _run(self, _options: dict[str, Any]) -> None:
        at = timezone.now()
        released, booked = releasing.release_due(at=at), cases.book_due(at=at)
        self.stdout.write(f"{released} given back, {booked} booked")


def _add_decision(command: Any) -> None:
    command.add_argument("--by", required=True, help="whose decision: a colleague's phone number")
    command.add_argument("--reason", required=True, type=reason, help="why; kept for good")


def _read(path: Path) -> list[Presented]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise CommandError(f"{path} cannot be read: {exc}") from exc
    return [_presented(line) for line in lines if line]


def _presented(line: str) -> Presented:
    """Read a line: base45 has blanks of its own, so a tabulator parts the order number."""
    text, _, order_no = line.partition("\t")
    return Presented(text, order_no or None)


def _voucher(text: str) -> Voucher:
    try:
        digest = bytes.fromhex(text)
    except ValueError as exc:
        raise CommandError("a voucher's id is hexadecimal") from exc
    found = Voucher.objects.select_related("allowance__wallet").filter(digest=digest).first()
    if found is None:
        raise CommandError("there is no such voucher")
    return found
