"""Three people, a shop and a bank at the API, and what they have in the book."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from ledger.accounts import account_id
from ledger.balances import balances
from merchants.models import FeePlan, Store
from merchants.stores import take_on
from tests.merchants.cast import Program, keyed
from tests.model.purses import Purse, Purses
from tests.wallet.people import PASSWORD, Caller
from wallet.chart import MERCHANT_FEES, VAT_PAYABLE, open_chart
from wallet.models import Limit, User, Wallet
from wallet.people import sign_up
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from wallet.wallets import make_wallet

CAST = ("alice", "bob", "carol")
SCOPES = ("payments:read", "payments:write", "refunds:write")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent, and what came of it."""

    caller: Caller
    path: str
    body: Any
    key: str
    status: int
    answer: Any


class World:
    """Who is there in one example; those of earlier ones do not matter."""

    def __init__(self) -> None:
        self.number, self.model = next(_numbers), Purses()
        self.sent: list[Sent] = []
        self.wallets: dict[str, Wallet] = {}
        self.callers: dict[str, Caller] = {}
        open_chart("KRW")
        Limit.objects.update(amount_minor=10**12, count=None)
        for number, name in enumerate(CAST):
            self.welcome(name, sign_up(
                phone=self.phone(number), password=PASSWORD, currency="KRW", at=timezone.now()
            ))  # fmt: skip
        self._open_shop()

    def phone(self, number: int) -> str:
        """Return a telephone number of this example."""
        return f"+82104{self.number:04d}{number:03d}"

    def welcome(self, name: str, wallet: Wallet) -> None:
        self.wallets[name], self.callers[name] = wallet, Caller(wallet)
        self.model.people[name] = Purse()

    def _open_shop(self) -> None:
        plan, _ = FeePlan.objects.get_or_create(name="model", defaults={"rate_bps": 175})
        self.store: Store = take_on(
            legal_name=f"가게 {self.number}",
            currency="KRW",
            fee_plan=plan,
            name="가게",
            latin_name="Shop",
            city="Seoul",
            merchant_category_code="5411",
        )
        self.till = Program(keyed(self.store.merchant, *SCOPES)[1])
        self.others = 0
        self.others = self.taken()  # of the examples before

    def post(self, caller: Caller, path: str, body: Any, refusals: set[str], ok: int) -> Any:
        """Send; return the document, or None where it was refused as the model says it may be."""
        key = str(uuid.uuid4())
        answer = caller.post(path, body, key)
        document = answer.json()
        if answer.status_code != 403:  # a second proof was asked for, and the key is as new
            self.sent.append(Sent(caller, path, body, key, answer.status_code, document))
        if refusals:
            assert document.get("code") in refusals, (answer.status_code, document, refusals)
            return None
        assert answer.status_code == ok, (answer.status_code, document)
        return document

    def join(self, number: int) -> str:
        """Let somebody sign up who was sent money before, if not yet; return the name."""
        name = f"newcomer {number}"
        if name not in self.wallets:
            holder = User.objects.create_user(
                self.phone(number), PASSWORD, phone_confirmed_at=timezone.now()
            )
            self.welcome(name, make_wallet(holder=holder, currency="KRW", at=timezone.now()))
        return name

    def path(self, name: str, more: str = "") -> str:
        """Return the address of somebody's wallet."""
        return f"/wallets/{self.wallets[name].public_id}{more}"

    def taken(self) -> int:
        """Return what the shop, its fees and their tax have, by the book."""
        codes = (VAT_PAYABLE, MERCHANT_FEES)
        accounts = [account_id(code, "KRW") for code in codes]
        accounts.append(self.store.merchant.payable_account_id)
        return sum(each.minor for each in balances(accounts).values()) - self.others


def bank_says(document: dict[str, Any]) -> int:
    """Let the bank call back; return how it is answered."""
    body, stamp = json.dumps(document).encode(), str(int(time.time()))
    signature = sign(secret=settings.BANK_SECRET, timestamp=stamp, body=body)
    answer = Client().post(
        "/api/v1/callbacks/bank",
        body,
        content_type="application/json",
        headers={TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature},
    )
    return answer.status_code
