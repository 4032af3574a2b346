"""Opening wallets, and holding them still while money moves."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from ledger.accounts import account_id, open_account
from ledger.errors import UnknownAccount
from ledger.models import Category
from wallet.chart import SAFEGUARDING
from wallet.errors import CurrencyNotOffered, WalletExists
from wallet.idempotency import use_case
from wallet.models import User, Wallet


@use_case
def open_wallet(*, holder: User, currency: str, at: datetime) -> Wallet:
    """Open one more wallet: in another currency, or after the last one was closed.

    Raises:
        CurrencyNotOffered: there is no chart of accounts for the currency.
        WalletExists: the holder has a wallet in it that is not closed.

    """
    try:
        account_id(SAFEGUARDING, currency)
    except UnknownAccount as exc:
        raise CurrencyNotOffered from exc
    try:
        with transaction.atomic():
            return make_wallet(holder=holder, currency=currency, at=at)
    except IntegrityError as exc:
        raise WalletExists from exc


def make_wallet(*, holder: User, currency: str, at: datetime) -> Wallet:
    """Open a wallet with its ledger account, inside the caller's database transaction.

    Raises:
        UnknownCurrency: the ledger keeps no such currency.

    """
    public_id = uuid.uuid4()
    account = open_account(
        code=f"wallet:{public_id.hex}:available",
        currency=currency,
        category=Category.LIABILITY,
        floor_minor=0,
    )
    return Wallet.objects.create(
        public_id=public_id,
        holder=holder,
        currency=currency,
        available_account=account,
        opened_at=at,
    )


def lock(*wallets: Wallet) -> list[Wallet]:
    """Lock wallets in the order of their ids and return them, fresh, in the order given.

    Their holders come with them, since who pays is told who was paid.

    Everything that decides by a wallet's state or by what it spent holds this lock first.
    """
    ids = {wallet.pk for wallet in wallets}
    rows = Wallet.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    rows = rows.select_related("holder__profile")
    found = {row.pk: row for row in rows.order_by("pk")}
    return [found[wallet.pk] for wallet in wallets]
