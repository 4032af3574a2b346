"""What both merchants went through before anybody looks: a day with one of everything."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from ledger.money import Money
from merchants.exports import requests
from merchants.models import Dispute, Export, MerchantBankAccount, Store
from merchants.premises.terminals import add_terminal
from tests.merchants.disputes.stories import answer, contest
from tests.merchants.payouts.desk import account_for, close_now, proposed
from tests.merchants.settlement.days import sell, take_back
from tests.wallet.people import fund
from wallet.models import User, Wallet


def trade(stores: list[Store], alice: Wallet, sena: User, doyun: User) -> None:
    """Sell, give back, be contested, be settled, and be paid out; each store the same."""
    for number, store in enumerate(stores):
        fund(alice, Money(60_000, "KRW"))
        now = timezone.now()
        add_terminal(store=store, label="till 1", actor="test", at=now)
        sold = [sell(alice, store, minor, now) for minor in (20_000, 12_000, 9_000)]
        take_back(sold[1], 2_000, now)
        contested = store.merchant.payments.get(number=sold[2])
        answer(contest(contested, alice, 3_000, at=now), at=now + timedelta(minutes=1))
        account_for(store.merchant, sena, doyun, f"333301123456{number}")
        asked(store, now)
    close_now(stores[0], timedelta(minutes=2))
    assert proposed(sena) is not None


def asked(store: Store, at: datetime) -> Export:
    """Ask for the settlements of a merchant's last days."""
    return requests.ask(
        report="R1",
        form="csv",
        first=at.date() - timedelta(days=3),
        last=at.date() + timedelta(days=3),
        merchant=store.merchant,
        actor="test",
        at=at,
    )


def belongings(store: Store) -> dict[str, object]:
    """Return one row of each kind that the merchants' site shows, of this store's merchant."""
    merchant = store.merchant
    settlement = merchant.settlements.order_by("-pk")[0]
    return {
        "settlement": settlement.pk,
        "settlementitem": settlement.items.order_by("line_no")[0].pk,
        "payout": merchant.payouts.order_by("-pk")[0].pk,
        "payment": merchant.payments.order_by("-pk")[0].pk,
        "dispute": Dispute.objects.get(merchant=merchant).pk,
        "merchantbankaccount": MerchantBankAccount.objects.get(merchant=merchant).pk,
        "store": store.pk,
        "staffrole": merchant.staff.order_by("pk")[0].pk,
        "export": merchant.exports.order_by("-pk")[0].pk,
    }
