"""Decide about merchants: applications, bank accounts, suspensions."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from merchants.management.reading import colleague, identifier, merchant, plan, reason, told
from merchants.models import Application, MerchantBankAccount
from merchants.onboarding import bank_accounts, decisions, standing
from merchants.onboarding.digests import account_facts, application_facts, digest_of

_OPEN = ("SUBMITTED", "REVIEWED")


class Command(BaseCommand):
    help = (
        "Decide about merchants. What is approved is shown first; its digest says what was seen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("applications", help="list the open applications")
        verbs.add_parser("accounts", help="list the bank accounts that wait for a decision")
        for verb, what in (
            ("show", "show an application, and the digest to approve it by"),
            ("review", "find an application in order and propose a fee plan"),
            ("approve", "make a merchant of an application that another person reviewed"),
            ("reject", "turn an application down"),
            ("show-account", "show a request for another bank account, and its digest"),
            ("approve-account", "approve a request for another bank account"),
            ("reject-account", "turn a request for another bank account down"),
        ):
            command = verbs.add_parser(verb, help=what)
            command.add_argument("id", type=identifier)
            _add_decision(command, verb)
        for verb, what in (
            ("suspend", "let a merchant accept no payments"),
            ("lift", "let a suspended merchant accept payments again"),
        ):
            command = verbs.add_parser(verb, help=what)
            command.add_argument("merchant", help="its public id")
            _add_decision(command, verb)

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        with told():
            getattr(self, "_" + verb.replace("-", "_"))(options)

    def _applications(self, _options: dict[str, Any]) -> None:
        for found in Application.objects.filter(state__in=_OPEN).order_by("pk"):
            self.stdout.write(
                f"{found.public_id} {found.state:9} {found.registration_number} {found.legal_name}"
            )

    def _accounts(self, _options: dict[str, Any]) -> None:
        waiting = MerchantBankAccount.objects.select_related("merchant")
        for found in waiting.filter(state="REQUESTED").order_by("pk"):
            self.stdout.write(f"{found.public_id} {found.merchant.public_id} {found.masked}")

    def _show(self, options: dict[str, Any]) -> None:
        self._tell(application_facts(_application(options["id"])))

    def _review(self, options: dict[str, Any]) -> None:
        found = decisions.review(
            application=_application(options["id"]),
            plan=plan(options["plan"]),
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"{found} is {found.state}")

    def _approve(self, options: dict[str, Any]) -> None:
        made = decisions.approve(
            application=_application(options["id"]),
            seen=options["seen"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"merchant {made.public_id}")

    def _reject(self, options: dict[str, Any]) -> None:
        found = decisions.reject(
            application=_application(options["id"]),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"{found} is {found.state}")

    def _show_account(self, options: dict[str, Any]) -> None:
        self._tell(account_facts(_account(options["id"])))

    def _approve_account(self, options: dict[str, Any]) -> None:
        found = bank_accounts.approve_change(
            account=_account(options["id"]),
            seen=options["seen"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"{found} is paid to from {found.usable_from}")

    def _reject_account(self, options: dict[str, Any]) -> None:
        found = bank_accounts.reject_change(
            account=_account(options["id"]),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"{found} is {found.state}")

    def _suspend(self, options: dict[str, Any]) -> None:
        self._stand(options, standing.suspend)

    def _lift(self, options: dict[str, Any]) -> None:
        self._stand(options, standing.lift)

    def _stand(self, options: dict[str, Any], act: Any) -> None:
        found = act(
            merchant=merchant(options["merchant"]),
            reason=options["reason"],
            by=colleague(options["by"]),
            at=timezone.now(),
        )
        self.stdout.write(f"{found.public_id} is {found.status}")

    def _tell(self, facts: dict[str, object]) -> None:
        self.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False))
        self.stdout.write(f"digest: {digest_of(facts)}")


def _add_decision(command: Any, verb: str) -> None:
    if verb.startswith("show"):
        return
    command.add_argument("--by", required=True, help="whose decision: a colleague's phone number")
    if verb == "review":
        command.add_argument("--plan", required=True, help="the fee plan to propose, by its name")
    elif verb.startswith("approve"):
        command.add_argument("--seen", required=True, help="the digest that was shown")
    else:
        command.add_argument("--reason", required=True, type=reason, help="why; kept for good")


def _application(public_id: uuid.UUID) -> Application:
    rows = Application.objects.select_related("fee_plan")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise CommandError("there is no such application")
    return found


def _account(public_id: uuid.UUID) -> MerchantBankAccount:
    rows = MerchantBankAccount.objects.select_related("merchant")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise CommandError("there is no such request")
    return found
