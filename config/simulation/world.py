"""Who trades: people with wallets, shops that are paid, and two of our own people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.demo.paying_out import HOUSE_ACCOUNT
from merchants.models import FeePlan, Merchant, Store
from merchants.onboarding.bank_accounts import COOLING_OFF, approve_change, request_change
from merchants.onboarding.digests import account_facts, digest_of
from merchants.statements.accounts import add_house_account
from merchants.stores import take_on
from wallet.chart import open_chart
from wallet.models import BankAccount, User, Wallet
from wallet.people import sign_up
from wallet.proof.proofs import Means, Proof

CURRENCY = "KRW"
PEOPLE, SHOPS = 6, 4
BANK_CODE = "090"


@dataclass(frozen=True, slots=True)
class World:
    """Everybody there is."""

    wallets: list[Wallet]
    stores: list[Store]
    maker: User
    checker: User


def make(*, at: datetime) -> World:
    """Return a new world, whose accounts are in use since before ``at``."""
    open_chart(CURRENCY)
    add_house_account(number=HOUSE_ACCOUNT, currency=CURRENCY, purpose="SAFEGUARDING", at=at)
    maker, checker = _colleague("+821099990001"), _colleague("+821099990002")
    plan = FeePlan.objects.create(name="simulated", rate_bps=175)
    stores = [_shop(n, plan) for n in range(SHOPS)]
    for n, store in enumerate(stores):
        move_bank_account(store.merchant, f"33330110000{n:02}", maker, checker, at)
    wallets = [_person(n, at) for n in range(PEOPLE)]
    return World(wallets, stores, maker, checker)


def proof_of(wallet: Wallet) -> Proof:
    """Return what a holder who has proved everything shows."""
    return Proof(wallet.holder_id, Means.STEP_UP, has_pin=True)


def move_bank_account(
    merchant: Merchant, number: str, maker: User, checker: User, at: datetime
) -> None:
    """Let a merchant be paid to an account that was asked for and approved before ``at``."""
    since = at - COOLING_OFF - timedelta(hours=1)
    asked = request_change(
        merchant=merchant,
        bank_code=BANK_CODE,
        number=number,
        holder_name=merchant.legal_name,
        by=maker,
        at=since,
    )
    seen = digest_of(account_facts(asked))
    approve_change(account=asked, seen=seen, by=checker, at=since)


def _colleague(phone: str) -> User:
    return User.objects.create_user(phone, secrets.token_urlsafe(16), is_staff=True)


def _shop(n: int, plan: FeePlan) -> Store:
    return take_on(
        legal_name=f"가게 {n}",
        currency=CURRENCY,
        fee_plan=plan,
        name=f"가게 {n}",
        latin_name=f"Shop {n}",
        city="Seoul",
        merchant_category_code="5411",
    )


def _person(n: int, at: datetime) -> Wallet:
    wallet = sign_up(
        phone=f"+8210555500{n:02}",
        password=secrets.token_urlsafe(16),
        currency=CURRENCY,
        at=at - timedelta(days=30),
    )
    BankAccount.objects.create(
        holder=wallet.holder,
        bank_code=BANK_CODE,
        number=f"11022233{n:04}",
        holder_name="김지갑",
        currency=CURRENCY,
        status=BankAccount.Status.VERIFIED,
        added_at=at,
        poll_at=at,
        code_sent_at=at,
        verified_at=at,
    )
    return wallet
