"""Close months of the book: ask, look at what is asked, approve as a second person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger.models import Period
from merchants import periods
from merchants.management.reading import colleague, reason, told
from merchants.models import PeriodRequest

_ASKS = {
    "soft-close": PeriodRequest.Action.SOFT_CLOSE,
    "lock": PeriodRequest.Action.LOCK,
    "reopen": PeriodRequest.Action.REOPEN,
    "permit": PeriodRequest.Action.PERMIT,
}


class Command(BaseCommand):
    help = "List months and requests; ask to soft-close, lock, reopen or permit; approve, reject."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="the months that were closed, and what is asked for")
        for name in _ASKS:
            asked = actions.add_parser(name, help="ask for it")
            asked.add_argument("month", help="such as 2026-02")
            if name == "permit":
                asked.add_argument("--reference", required=True, help="of the posting")
            asked.add_argument("--reason", required=True, type=reason)
            asked.add_argument("--by", required=True, help="phone number of one of our people")
        shown = actions.add_parser("show", help="a request with the digest to approve by")
        shown.add_argument("request", type=int)
        approved = actions.add_parser("approve", help="approve what was shown")
        approved.add_argument("request", type=int)
        approved.add_argument("--seen", required=True, help="the digest that was shown")
        approved.add_argument("--by", required=True)
        rejected = actions.add_parser("reject", help="turn it down")
        rejected.add_argument("request", type=int)
        rejected.add_argument("--by", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        action = options["action"]
        with told():
            if action in _ASKS:
                self._ask(_ASKS[action], options)
            else:
                getattr(self, f"_{action}")(options)

    def _list(self, _options: dict[str, Any]) -> None:
        for period in Period.objects.order_by("ends_at"):
            self.stdout.write(f"{period} {period.state}")
        for request in PeriodRequest.objects.filter(state=PeriodRequest.State.REQUESTED):
            self.stdout.write(f"request {request.pk}: {request}")

    def _ask(self, action: PeriodRequest.Action, options: dict[str, Any]) -> None:
        made = periods.ask(
            month=options["month"],
            action=action,
            reference=options.get("reference", ""),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self._describe(made)

    def _show(self, options: dict[str, Any]) -> None:
        self._describe(_request(options))

    def _approve(self, options: dict[str, Any]) -> None:
        by = colleague(options["by"])
        done = periods.approve(
            request=_request(options), seen=options["seen"], by=by, at=timezone.now()
        )
        self.stdout.write(f"{done} is {done.state}")

    def _reject(self, options: dict[str, Any]) -> None:
        by = colleague(options["by"])
        done = periods.reject(request=_request(options), by=by, at=timezone.now())
        self.stdout.write(f"{done} is {done.state}")

    def _describe(self, request: PeriodRequest) -> None:
        self.stdout.write(f"request {request.pk}: {request} {request.reference}".rstrip())
        self.stdout.write(f"  {request.reason}")
        for name, number in periods.standing_of(request.month).items():
            self.stdout.write(f"  {name}: {number}")
        self.stdout.write(f"digest: {periods.seen_of(request)}")


def _request(options: dict[str, Any]) -> PeriodRequest:
    found = PeriodRequest.objects.filter(pk=options["request"]).first()
    if found is None:
        raise CommandError(f"there is no request {options['request']}")
    return found
