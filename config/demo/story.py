"""The story: a consumer tops up, scans a store's code and pays; the store is settled.

Each step goes through the same doors as in earnest: the API over HTTP with a token, the bank's
signed callback, the picture of the code, the Celery worker. Each step checks its own figures.
"""

from __future__ import annotations

import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from ledger.anchor import configured
from ledger.balances import balance, trial_balance
from ledger.money import Money
from ledger.seals import seal
from ledger.verification import verify_ledger
from merchants import store_codes, stores
from merchants.calendars.terms import terms_of
from merchants.codes.pictures.images import draw_png, read_image
from merchants.models import FeePlan, Settlement, SettlementRun, Store
from merchants.payments.refunds import refund
from merchants.settlement.files import write_items
from merchants.settlement.runs import ask_early
from merchants.settlement.verification import verify as verify_settlements
from merchants.states import RunState
from merchants.tasks import run_due
from wallet.chart import open_chart
from wallet.proof.pins import is_weak

CURRENCY = "KRW"
TOP_UP, PAYMENT, TRANSFER, REFUND = 50_000, 12_000, 5_000, 2_000
WAIT_SECONDS = 60
MESSAGES = Path("log", "web.log")  # under var: the web server prints text messages there
TIMEOUT_SECONDS = 10
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "lotus")


class StoryBrokenError(Exception):
    """A step did not end as it must; the message says which."""


def must(holds: object, says: str) -> None:
    """Check a step's own figure.

    Raises:
        StoryBrokenError: it does not hold.

    """
    if not holds:
        raise StoryBrokenError(says)


def won(minor: int) -> dict[str, str]:
    """Return an amount as it stands on the wire."""
    return {"amount": Money(minor, CURRENCY).to_major(), "currency": CURRENCY}


@dataclass
class Person:
    """Somebody with a wallet, and a token for the API."""

    address: str
    phone: str
    wallet_id: str = ""
    token: str = ""
    pin: str = ""
    password: str = ""

    @classmethod
    def sign_up(cls, address: str) -> Person:
        """Sign up with a phone number that nobody has, and sign in."""
        person = cls(address, f"+8210{secrets.randbelow(10**8):08d}", password=passphrase())
        person.post("/phone-codes", {"phone": person.phone})
        secret = {"phone": person.phone, "password": person.password}
        code = text_message(person.phone).split()[0]
        person.wallet_id = person.post("/consumers", {**secret, "code": code})["id"]
        person.token = person.post("/tokens", secret)["token"]
        pin = _pin()
        person.post("/pin", {"pin": pin, "password": secret["password"]})
        person.pin = pin
        return person

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request with a key of its own; return the answer's body."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return self._send("POST", path, headers, body)

    def get(self, path: str) -> dict[str, Any]:
        """Return what is at an address of the API."""
        return self._send("GET", path, {}, None)

    def available(self) -> int:
        """Return what the wallet holds, in minor units."""
        return int(self.get(f"/wallets/{self.wallet_id}")["available"]["amount"])

    def _send(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        if self.token:
            headers["Authorization"] = f"Token {self.token}"
        if self.pin:
            headers["Wallet-Pin"] = self.pin
        answer = requests.request(
            method,
            f"{self.address}/api/v1{path}",
            json=body,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
        )
        must(answer.ok, f"{method} {path} was answered {answer.status_code}: {answer.text}")
        read: dict[str, Any] = answer.json() if answer.content else {}
        return read


def text_message(phone: str) -> str:
    """Return the newest text message to a telephone, as the operator of the demo prints it."""
    printed = (settings.VAR_DIR / MESSAGES).read_text(encoding="utf-8").splitlines()
    mark = f"SMS to {phone}: "
    found = [line.partition(mark)[2] for line in printed if mark in line]
    must(found, f"no text message to {phone}")
    return found[-1]


def passphrase() -> str:
    """Return a password that can be typed."""
    words = [secrets.choice(_WORDS) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(9_000) + 1_000)])


def _pin() -> str:
    """Return six digits that are not weak."""
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        if not is_weak(pin):
            return pin


def prepare() -> Store:
    """Open the chart of accounts and take a new store on."""
    open_chart(CURRENCY)
    plan, _ = FeePlan.objects.get_or_create(name="standard", defaults={"rate_bps": 175})
    return stores.take_on(
        legal_name="모퉁이가게 주식회사",
        currency=CURRENCY,
        fee_plan=plan,
        name="모퉁이가게",
        latin_name="Corner Shop",
        city="Seoul",
        merchant_category_code="5411",
    )


def top_up(person: Person) -> None:
    """Top up through the bank, and wait for its signed callback."""
    asked = person.post(f"/wallets/{person.wallet_id}/top-ups", {"amount": won(TOP_UP)})
    until(lambda: person.get(f"/top-ups/{asked['id']}")["status"] == "SETTLED", "the top-up")
    must(person.available() == TOP_UP, "the top-up is not in the wallet")


def print_code(store: Store, folder: Path) -> Path:
    """Write the picture of the store's code, and its text beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "store.png"
    payload = store_codes.printed_code(store)
    path.write_bytes(draw_png(payload))
    path.with_suffix(".txt").write_text(payload, encoding="utf-8")
    return path


def scan_and_pay(person: Person, picture: Path) -> dict[str, Any]:
    """Decode the picture as a camera would, and pay what the payer types."""
    (payload,) = read_image(picture.read_bytes())
    body = {"wallet_id": person.wallet_id, "payload": payload, "amount": won(PAYMENT)}
    return person.post("/payments", body)


def transfer(person: Person, friend: Person) -> None:
    """Send money to a friend's phone number."""
    body = {"phone": friend.phone, "amount": won(TRANSFER), "memo": "점심"}
    person.post(f"/wallets/{person.wallet_id}/transfers", body)
    must(friend.available() == TRANSFER, "the transfer did not arrive")


def give_back(person: Person, store: Store, payment: dict[str, Any]) -> None:
    """Refund part of the payment, as the store would."""
    refund(
        merchant=store.merchant,
        number=payment["number"],
        refund_no="R1",
        amount=Money(REFUND, CURRENCY),
        reason="one item returned",
        at=timezone.now(),
    )
    must(person.available() == TOP_UP - PAYMENT - TRANSFER + REFUND, "the refund is missing")


def close_day(store: Store) -> Settlement:
    """Close today, and wait until the running Celery worker has settled it."""
    now = timezone.now()
    until(lambda: _ask(store, now) is not None, "the freezing of the day")
    run = SettlementRun.objects.get(asked_at=now)
    run_due.delay()
    closed = SettlementRun.objects.filter(pk=run.pk, state=RunState.CLOSED)
    until(closed.exists, "the worker's settlement")
    settlement = Settlement.objects.select_related("merchant").get(
        run=run, merchant=store.merchant
    )
    payable = balance(store.merchant.payable_account_id).minor
    must(payable == settlement.net_minor, "what is owed to the store is not what was settled")
    return settlement


def _ask(store: Store, now: datetime) -> SettlementRun | None:
    calendar = terms_of(merchant=store.merchant, day=now.date()).calendar
    return ask_early(calendar=calendar, at=now)


def write_file(settlement: Settlement, folder: Path) -> tuple[Path, int]:
    """Write the settlement file; return it with its number of items."""
    path = folder / f"settlement-{settlement.business_date}-{settlement.run_id}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        count = write_items(settlement.run_id, file)
    must(count >= 2, "the settlement file lacks items")  # noqa: PLR2004 - payment and refund.
    return path, count


def prove() -> dict[str, int]:
    """Seal and anchor the journal, recompute book and settlements; return the trial balance."""
    seal()
    anchor = configured()
    if anchor:
        anchor.publish()
    findings = verify_ledger(anchor)
    must(not findings, f"the ledger is not whole: {findings}")
    totals = trial_balance()
    must(not any(totals.values()), f"the trial balance is not zero: {totals}")
    wrong = list(verify_settlements())
    must(not wrong, f"settlements do not follow from the book: {wrong}")
    return totals


def until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        must(time.monotonic() < deadline, f"{what} did not come within {WAIT_SECONDS} seconds")
        time.sleep(0.1)
