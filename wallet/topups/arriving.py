"""Money that arrives at the bank: a provider's, and what is paid into an account number."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ledger.accounts import account_id
from ledger.errors import AccountClosed, CapExceeded
from ledger.money import Money
from ledger.posting import Leg, credit, debit, post
from wallet.chart import PROVIDER_RECEIVABLE, SAFEGUARDING, SUSPENSE
from wallet.errors import BankReferenceReused
from wallet.idempotency import use_case
from wallet.models import BankCredit, Provider, TopUp, VirtualAccount, Wallet
from wallet.topups.deciding import mark_settled
from wallet.wallets import lock
from wallet.wallets.debts import incoming, thaw


@use_case
def receive(*, reference: str, amount: Money, at: datetime) -> None:
    """Book the money of confirmed top-ups as it arrives at the bank; once per reference."""
    post(
        kind="PROVIDER_PAYMENT",
        reference=f"provider_payment:{reference}",
        legs=[
            debit(account_id(SAFEGUARDING, amount.currency), amount),
            credit(account_id(PROVIDER_RECEIVABLE, amount.currency), amount),
        ],
        effective_at=at,
    )


@use_case
def take_credit(*, reference: str, number: str, amount: Money, at: datetime) -> BankCredit:
    """Book what was paid into an account number, asked for or not; once per bank reference.

    What nobody can be credited with stands on the suspense account until somebody explains it.

    Raises:
        BankReferenceReused: the reference stands for another number or amount.

    """
    made, is_new = BankCredit.objects.get_or_create(
        reference=reference,
        defaults={
            "number": number,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "arrived_at": at,
        },
    )
    if (made.number, made.amount_minor, made.currency) != (number, amount.minor, amount.currency):
        raise BankReferenceReused
    if not is_new:
        return made
    made.top_up = _credit_holder(made, amount, at)
    if made.top_up is None:
        _post(made, [credit(account_id(SUSPENSE, amount.currency), amount)], at)
    made.save(update_fields=["top_up"])
    return made


def _credit_holder(arrived: BankCredit, amount: Money, at: datetime) -> TopUp | None:
    owner = (
        VirtualAccount.objects.filter(number=arrived.number, wallet__currency=arrived.currency)
        .select_related("wallet")
        .first()
    )
    if owner is None:
        return None
    asked = _asked_for(owner.wallet, amount, at)
    (wallet,) = lock(owner.wallet)
    if wallet.status == Wallet.Status.CLOSED:
        return None
    try:
        with transaction.atomic():
            asked.wallet = wallet
            asked.save()
            mark_settled(asked, arrived.reference, at)
            _post(arrived, incoming(wallet, amount), at)
    except (AccountClosed, CapExceeded):
        return None
    thaw(wallet, at=at)
    return asked


def _asked_for(wallet: Wallet, amount: Money, at: datetime) -> TopUp:
    """Return the oldest top-up that asks for this amount, locked; a new one if none does."""
    pending = TopUp.objects.select_for_update(no_key=True).filter(
        wallet=wallet,
        provider=Provider.BANK_TRANSFER,
        status=TopUp.Status.PENDING,
        amount_minor=amount.minor,
    )
    return pending.order_by("pk").first() or TopUp(
        wallet=wallet,
        amount_minor=amount.minor,
        currency=amount.currency,
        provider=Provider.BANK_TRANSFER,
        asked_at=at,
        poll_at=at,
    )


def _post(arrived: BankCredit, legs: list[Leg], at: datetime) -> None:
    amount = Money(arrived.amount_minor, arrived.currency)
    post(
        kind="BANK_CREDIT",
        reference=f"bank_credit:{arrived.reference}",
        legs=[debit(account_id(SAFEGUARDING, amount.currency), amount), *legs],
        effective_at=at,
    )
