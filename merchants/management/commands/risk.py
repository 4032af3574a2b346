"""Rules about payments that look wrong, and the review of what they caught."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.management.reading import colleague, identifier, reason, told
from merchants.models import RiskHit, RiskReview, RiskRule
from merchants.risk import rules

_MOST_SHOWN = 100


class Command(BaseCommand):
    help = "Make rules (each begins on a dry run), put them into effect, end them, review hits."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("rules", help="list the rules that are not ended, and how often they hit")
        verbs.add_parser("queue", help="list what nobody has reviewed, the oldest first")
        make = verbs.add_parser("make", help="make a rule")
        make.add_argument("code")
        make.add_argument("measure", choices=RiskRule.Measure.values)
        make.add_argument("threshold", type=int, help="payments, metres, or minor units")
        make.add_argument("outcome", choices=RiskRule.Outcome.values)
        make.add_argument("--currency", default="")
        make.add_argument("--window", type=int, help="minutes")
        make.add_argument("--hours", type=int, nargs=2, metavar=("FROM", "TO"))
        for verb, what in (
            ("go-live", "put a rule into effect"),
            ("end", "end a rule for good"),
        ):
            verbs.add_parser(verb, help=what).add_argument("code")
        review = verbs.add_parser("review", help="say what you made of a hit")
        review.add_argument("id", type=identifier)
        review.add_argument("finding", choices=RiskReview.Finding.values)
        for verb in ("make", "go-live", "end", "review"):
            verbs.choices[verb].add_argument("--reason", type=reason, required=True)
            verbs.choices[verb].add_argument("--by", required=True, help="your phone number")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        with told():
            getattr(self, "_" + verb.replace("-", "_"))(options)

    def _rules(self, _options: dict[str, Any]) -> None:
        for rule in RiskRule.objects.filter(ended_at__isnull=True).order_by("code"):
            how = "dry run" if rule.is_dry_run else "in effect"
            self.stdout.write(
                f"{rule.code} {rule.measure} > {rule.threshold} {rule.outcome} {how}"
            )

    def _queue(self, _options: dict[str, Any]) -> None:
        waiting = RiskHit.objects.filter(review__isnull=True, is_dry_run=False)
        rows = waiting.select_related("rule", "store", "wallet").order_by("pk")
        for hit in rows[:_MOST_SHOWN]:
            self.stdout.write(
                f"{hit.public_id} {hit.happened_at:%Y-%m-%d %H:%M}Z {hit.verdict:7} "
                f"{hit.rule.code}={hit.measured} {hit.amount_minor} {hit.currency} "
                f"{hit.wallet.public_id} at {hit.store.public_id}"
            )

    def _make(self, options: dict[str, Any]) -> None:
        first, last = options["hours"] or (None, None)
        rule = RiskRule(
            code=options["code"],
            measure=options["measure"],
            threshold=options["threshold"],
            outcome=options["outcome"],
            currency=options["currency"],
            window_minutes=options["window"],
            from_hour=first,
            to_hour=last,
        )
        rules.make(rule=rule, **self._said(options))
        self.stdout.write(f"{rule.code} is on a dry run")

    def _go_live(self, options: dict[str, Any]) -> None:
        rules.go_live(rule=_rule(options["code"]), **self._said(options))
        self.stdout.write("in effect")

    def _end(self, options: dict[str, Any]) -> None:
        rules.end(rule=_rule(options["code"]), **self._said(options))
        self.stdout.write("ended")

    def _review(self, options: dict[str, Any]) -> None:
        hit = RiskHit.objects.filter(public_id=options["id"]).first()
        if hit is None:
            raise CommandError("there is no such hit")
        said = self._said(options)
        note = said.pop("reason")
        rules.review(hit=hit, finding=options["finding"], note=note, **said)
        self.stdout.write("reviewed")

    def _said(self, options: dict[str, Any]) -> dict[str, Any]:
        by = colleague(options["by"])
        return {"reason": options["reason"], "by": by, "at": timezone.now()}


def _rule(code: str) -> RiskRule:
    found = RiskRule.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"there is no rule {code}")
    return found
