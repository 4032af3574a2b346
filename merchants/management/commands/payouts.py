"""Pay settlements out: propose a run, look at it, sign it as two persons, send it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.management.reading import colleague, told
from merchants.models import Payout, PayoutRun
from merchants.payouts import sending, signing
from merchants.payouts.proposing import propose


class Command(BaseCommand):
    help = "Propose a payout run, show it with the digest to sign by, sign, cancel, send."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        proposed = actions.add_parser("propose", help="make payouts of what is due")
        proposed.add_argument("--currency", default="KRW")
        proposed.add_argument("--due", type=date.fromisoformat, default=None)
        proposed.add_argument("--by", required=True, help="phone number of one of our people")
        proposed.add_argument(
            "--version", dest="pain", choices=PayoutRun.Version.values, default="pain.001.001.09"
        )
        for name, text in (("show", "its payouts and digest"), ("file", "its file")):
            actions.add_parser(name, help=text).add_argument("run")
        signed = actions.add_parser("sign", help="sign what was shown")
        signed.add_argument("run")
        signed.add_argument("--seen", required=True, help="the digest that was shown")
        signed.add_argument("--by", required=True)
        cancelled = actions.add_parser("cancel", help="give a run up before its file is written")
        cancelled.add_argument("run")
        cancelled.add_argument("--reason", required=True)
        cancelled.add_argument("--by", required=True)
        actions.add_parser("send", help="hand over what was signed, and ask about the rest")

    def handle(self, *_args: Any, **options: Any) -> None:
        with told():
            getattr(self, f"_{options['action']}")(options)

    def _propose(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        run = propose(
            currency=options["currency"],
            due_on=options["due"] or timezone.localdate(),
            by=colleague(options["by"]),
            version=options["pain"],
            at=now,
        )
        if run is None:
            self.stdout.write("nothing is due that may be paid")
        else:
            self._describe(run)

    def _show(self, options: dict[str, Any]) -> None:
        self._describe(_run(options))

    def _file(self, options: dict[str, Any]) -> None:
        run = _run(options)
        if run.file is None:
            raise CommandError(f"the file of {run} is not written yet")
        self.stdout.write(bytes(run.file).decode(), ending="")

    def _sign(self, options: dict[str, Any]) -> None:
        by = colleague(options["by"])
        run = signing.sign(run=_run(options), seen=options["seen"], by=by, at=timezone.now())
        self.stdout.write(f"{run} is {run.state}")

    def _cancel(self, options: dict[str, Any]) -> None:
        run = signing.cancel(
            run=_run(options),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"{run} is {run.state}")

    def _send(self, _options: dict[str, Any]) -> None:
        now = timezone.now()
        self.stdout.write(f"{sending.send_due(at=now)} files were handed over")
        sending.poll(at=now)

    def _describe(self, run: PayoutRun) -> None:
        self.stdout.write(f"{run} {run.state}: {run.payout_count} payouts, {run.total}")
        payouts = Payout.objects.filter(run=run).select_related("merchant", "bank_account")
        for payout in payouts.order_by("pk").iterator(chunk_size=2_000):
            where = f"{payout.bank_account.bank_code} {payout.bank_account.masked}"
            name = payout.merchant.legal_name
            self.stdout.write(f"  {payout} {payout.state} {payout.amount} {name} {where}")
        self.stdout.write(f"digest: {signing.seen_of(run)}")


def _run(options: dict[str, Any]) -> PayoutRun:
    found = PayoutRun.objects.filter(number=options["run"]).first()
    if found is None:
        raise CommandError(f"there is no payout run {options['run']}")
    return found
