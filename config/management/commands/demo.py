"""Run the main job once, for real, and tell it; then serve until Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from config.demo import paying_out, people, processes, story
from ledger.balances import account_balances
from merchants.models import Settlement, Store
from merchants.store_codes import printed_code

Result = TypeVar("Result")


class Command(BaseCommand):
    help = "Top up, scan a store's code, pay, refund, settle, and prove the books; then serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end after the story")
        parser.add_argument("--code", metavar="PHONE", help="what somebody's authenticator shows")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["code"]:
            if settings.ENVIRONMENT != "development":
                raise CommandError("only where the demonstration runs")
            self.stdout.write(people.code_now(options["code"]))
            return
        self.console = Console(highlight=False, emoji=False)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with self.console.status("starting the bank, the web server and the worker"):
                call_command("migrate", verbosity=0)
                call_command("collectstatic", interactive=False, verbosity=0)
                everything = processes.running(settings.BASE_DIR, settings.VAR_DIR)
                address, _ = everything.__enter__()
            try:
                store, alice = self._tell(address)
                if not options["once"]:
                    self._serve(address, store, alice)
            finally:
                everything.__exit__(None, None, None)
        except (story.StoryBrokenError, processes.NotStartedError) as exc:
            raise CommandError(str(exc)) from exc
        except KeyboardInterrupt:
            self.console.print("stopped")

    def _tell(self, address: str) -> tuple[Store, story.Person]:
        folder = settings.VAR_DIR / "demo"
        store = self._step("a store is taken on: 모퉁이가게, Seoul", story.prepare)
        alice = self._step("alice opens a wallet", lambda: story.Person.sign_up(address))
        bob = self._step("bob opens a wallet", lambda: story.Person.sign_up(address))
        self._step(
            f"alice tops up {story.TOP_UP:,} KRW; the bank's signed callback credits it",
            lambda: story.top_up(alice),
        )
        picture = self._step("the store prints its code", lambda: story.print_code(store, folder))
        self._note(picture)
        payment = self._step(
            f"alice scans the picture and pays {story.PAYMENT:,} KRW",
            lambda: story.scan_and_pay(alice, picture),
        )
        self._step(
            f"alice sends {story.TRANSFER:,} KRW to bob", lambda: story.transfer(alice, bob)
        )
        self._step(
            f"the store refunds {story.REFUND:,} KRW",
            lambda: story.give_back(alice, store, payment),
        )
        settlement = self._step(
            "the day is closed and settled by the Celery worker", lambda: story.close_day(store)
        )
        self._show_settlement(settlement)
        path, count = self._step(
            "finance gets its file", lambda: story.write_file(settlement, folder)
        )
        self._note(path, f"{count} items")
        payout = self._step(
            "two colleagues sign the payout, and the bank pays it",
            lambda: paying_out.pay_out(store, settlement),
        )
        self._note(paying_out.write_file(payout, folder), f"{payout}, {payout.amount}")
        totals = self._step("every entry, seal and settlement is recomputed", story.prove)
        self._show_accounts(totals)
        return store, alice

    def _step(self, says: str, act: Callable[[], Result]) -> Result:
        with self.console.status(says):
            result = act()
        self.console.print(f"[green]✓[/] {says}")
        return result

    def _note(self, path: Path, extra: str = "") -> None:
        shown = path.relative_to(settings.BASE_DIR) if settings.BASE_DIR in path.parents else path
        self.console.print(f"  {shown} {extra}".rstrip(), style="dim")

    def _show_settlement(self, settlement: Settlement) -> None:
        lines = {
            "payments": settlement.payment_gross_minor,
            "refunds": -settlement.refund_minor,
            "fee": -settlement.fee_minor,
            "VAT on the fee": -settlement.vat_minor,
            "to be paid": settlement.payout_minor,
        }
        for name, minor in lines.items():
            self.console.print(f"  {name:<16}{minor:>10,} KRW", style="dim")

    def _show_accounts(self, totals: dict[str, int]) -> None:
        table = Table("account", "balance", title="System accounts")
        table.columns[1].justify = "right"
        for code, money in account_balances():
            if not code.startswith(("wallet:", "merchant:")):
                table.add_row(code, f"{money.minor:,} {money.currency}")
        self.console.print(table)
        shown = ", ".join(f"{minor} {currency}" for currency, minor in totals.items())
        self.console.print(f"trial balance: {shown}; the ledger is whole")

    def _serve(self, address: str, store: Store, alice: story.Person) -> None:
        doors = people.furnish(store, alice, story.Person.sign_up(address))
        self.console.print(people.symbol(printed_code(store)), no_wrap=True, crop=False)
        self.console.print(
            f"{store.name}'s poster: photograph it, hold it to a camera, or type {store.public_id}"
        )
        self._note(settings.VAR_DIR / "demo" / "store.png", "is the same as a picture")
        for door in doors:
            self.console.print(f"[bold]{door.name:<9}[/]{address}{door.path}", soft_wrap=True)
            signs = f"{door.phone}  {door.password}  {door.also}"
            self.console.print(f"{'':<9}{signs}", style="dim", soft_wrap=True, markup=False)
        self.console.print(f"[bold]{'API':<9}[/]{address}/api/v1/docs")
        self._note(settings.VAR_DIR / story.MESSAGES, "has the text messages: grep SMS finds them")
        self.console.print("serving, with the worker; Ctrl-C ends it")
        signal.pause()
