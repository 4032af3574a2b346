"""Decide disputes: look, propose, and let another person agree."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.disputes import deciding
from merchants.disputes.deciding import dispute_facts
from merchants.management.reading import colleague, identifier, reason, told
from merchants.models import Dispute, DisputeEvidence
from merchants.onboarding.digests import digest_of
from merchants.states import UNDECIDED, DisputeState


class Command(BaseCommand):
    help = "Decide disputes. What is approved is shown first; its digest says what was seen."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="list what is undecided, the most urgent first")
        for verb, what in (
            ("show", "show a dispute, and the digest to approve its proposal by"),
            ("file", "write a file given as evidence to the standard output"),
            ("propose", "say how it should end; another person agrees"),
            ("send-back", "disagree with a proposal"),
            ("approve", "agree with a proposal: the money moves"),
        ):
            command = verbs.add_parser(verb, help=what)
            command.add_argument("id", type=identifier)
            if verb == "propose":
                command.add_argument("outcome", choices=["WON", "LOST"], help="for the merchant")
            if verb == "approve":
                command.add_argument("--seen", required=True, help="the digest that show gave")
            if verb in {"propose", "send-back"}:
                command.add_argument("--reason", type=reason, required=True)
            if verb in {"propose", "send-back", "approve"}:
                command.add_argument("--by", required=True, help="your phone number")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        with told():
            getattr(self, "_" + verb.replace("-", "_"))(options)

    def _list(self, _options: dict[str, Any]) -> None:
        rows = Dispute.objects.filter(state__in=UNDECIDED).select_related("payment", "merchant")
        for found in rows.order_by("decide_by"):
            self.stdout.write(
                f"{found.public_id} {found.state:8} by {found.decide_by:%Y-%m-%d %H:%M}Z "
                f"{found.amount.to_major()} {found.currency} {found.merchant.legal_name}"
            )

    def _show(self, options: dict[str, Any]) -> None:
        facts = dispute_facts(_found(options["id"]))
        self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2))
        self.stdout.write(f"digest: {digest_of(facts)}")

    def _file(self, options: dict[str, Any]) -> None:
        evidence = DisputeEvidence.objects.filter(public_id=options["id"]).first()
        if evidence is None or evidence.file is None:
            raise CommandError("there is no such file")
        sys.stdout.buffer.write(bytes(evidence.file))

    def _propose(self, options: dict[str, Any]) -> None:
        deciding.propose(
            dispute=_found(options["id"]),
            outcome=DisputeState(options["outcome"]),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write("proposed")

    def _send_back(self, options: dict[str, Any]) -> None:
        deciding.send_back(
            dispute=_found(options["id"]),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write("sent back")

    def _approve(self, options: dict[str, Any]) -> None:
        done = deciding.approve(
            dispute=_found(options["id"]),
            seen=options["seen"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(done.state)


def _found(public_id: uuid.UUID) -> Dispute:
    found = Dispute.objects.select_related("payment").filter(public_id=public_id).first()
    if found is None:
        raise CommandError(f"there is no dispute {public_id}")
    return found
