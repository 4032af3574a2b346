"""One day of trading: topping up, paying, giving back, withdrawing; some of it goes wrong."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from config.simulation.world import CURRENCY, World, proof_of
from ledger.errors import LedgerError
from ledger.money import Money
from merchants.errors import MerchantError
from merchants.models import Payment
from merchants.payments.paying import Bill, pay
from merchants.payments.refunds import refund
from merchants.reconciliation.rules import HOME_ZONE
from wallet import callbacks, topups, withdrawals
from wallet.errors import WalletError
from wallet.models import BankAccount, Wallet
from wallet.providers import channel
from wallet.withdrawals import asking, sending

# Amounts whose last digits let the bank make a mistake; see wallet.bank_simulator.fates.
TOP_UP_FATES = (0, 0, 0, 91, 93, 97, 99)
WITHDRAWAL_FATES = (0, 0, 90, 91, 93, 96, 97, 99)
HALF_AN_HOUR = timedelta(minutes=30)
OPENS, CLOSES = 9, 21
TOP_UP_HOURS, WITHDRAWAL_HOUR, REFUND_HOUR = (9, 13), 15, 18


@dataclass
class Trade:
    """A world that trades at random, and how much of what it did."""

    world: World
    dice: random.Random
    did: Counter[str] = field(default_factory=Counter)

    def day(self, day: date) -> None:
        """Trade from nine to nine."""
        for hour in range(OPENS, CLOSES):
            at = datetime.combine(day, time(hour), HOME_ZONE)
            set_clock(at)
            if hour in TOP_UP_HOURS:
                self._top_up(at)
            self._pay(at, self.dice.randint(0, 3))
            if hour == WITHDRAWAL_HOUR:
                self._withdraw(at)
            if hour == REFUND_HOUR:
                self._give_back(at)
            listen(at + HALF_AN_HOUR)

    def late(self, day: date) -> None:
        """Let something be paid the day before, and be heard of only now."""
        at = datetime.combine(day - timedelta(days=1), time(23, 59), HOME_ZONE)
        self._pay(at, 1)
        self.did["late"] += 1

    def _top_up(self, at: datetime) -> None:
        for wallet in self.dice.sample(self.world.wallets, 3):
            minor = self.dice.randint(200, 800) * 100 + self.dice.choice(TOP_UP_FATES)
            with_luck = Money(minor, CURRENCY)
            try:
                asked = topups.ask(wallet=wallet, amount=with_luck, at=at)
            except WalletError:
                continue
            topups.tell(top_up=asked, at=at)
            self.did["top-ups"] += 1

    def _pay(self, at: datetime, most: int) -> None:
        for wallet in self.dice.choices(self.world.wallets, k=most):
            store = self.dice.choice(self.world.stores)
            # Round hundreds leave it to fees and sums which digits a payout ends in.
            bill = Bill(Money(self.dice.randint(10, 300) * 100, CURRENCY))
            try:
                pay(wallet=wallet, store=store, bill=bill, proof=proof_of(wallet), at=at)
            except (WalletError, LedgerError, MerchantError):
                continue
            self.did["payments"] += 1

    def _give_back(self, at: datetime) -> None:
        paid = list(Payment.objects.filter(state="SUCCEEDED").order_by("-pk")[:10])
        for payment in self.dice.sample(paid, min(len(paid), 2)):
            amount = Money(self.dice.randint(1, payment.captured_minor), CURRENCY)
            refund(
                merchant=payment.merchant,
                number=payment.number,
                refund_no=f"R{payment.number}",
                amount=amount,
                reason="",
                at=at,
            )
            self.did["refunds"] += 1

    def _withdraw(self, at: datetime) -> None:
        wallet: Wallet = self.dice.choice(self.world.wallets)
        account = BankAccount.objects.filter(holder=wallet.holder).latest("pk")
        minor = self.dice.randint(10, 60) * 100 + self.dice.choice(WITHDRAWAL_FATES)
        try:
            asked = asking.ask(
                wallet=wallet,
                bank_account=account,
                amount=Money(minor, CURRENCY),
                proof=proof_of(wallet),
                at=at,
            )
        except (WalletError, LedgerError):
            return
        sending.send(withdrawal=asked, at=at)
        self.did["withdrawals"] += 1


def set_clock(at: datetime) -> None:
    """Set the bank's clock."""
    channel.tell("/clock", {"now": at.isoformat()})


def listen(at: datetime) -> None:
    """Find out what the bank did: by its list, and by asking about what is open."""
    callbacks.read_feed(at=at)
    topups.poll(at=at)
    withdrawals.poll(at=at)
