"""Opening accounts, finding them by code, and changing what they accept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from django.db import connection

from ledger.currencies import currency as currency_of
from ledger.errors import AccountDiffers, UnknownAccount
from ledger.models import Account, AccountStatus, Category
from ledger.refusals import explained

MAX_PAGE = 200


def open_account(  # noqa: PLR0913 - an account is its properties.
    *,
    code: str,
    currency: str,
    category: Category,
    floor_minor: int | None = None,
    cap_minor: int | None = None,
    stripes: int = 1,
    metadata: Mapping[str, object] | None = None,
) -> Account:
    """Open an account, or return the one with this code if it was opened with the same properties.

    Args:
        code: lower-case words parted by colons, such as ``wallet:7f3a:available``.
        currency: a code of ``ledger.currencies``.
        category: decides the normal side.
        floor_minor: the least balance on the normal side; 0 means it may not overdraw.
        cap_minor: the most balance on the normal side.
        stripes: balance rows; more than one for a hot account without floor and cap.
        metadata: notes to find the account by.

    Raises:
        AccountDiffers: the code is taken by an account with other properties.
        InvalidAccount: a malformed code, stripes together with a floor or cap, or bounds that an
            empty account does not fit.
        UnknownCurrency: the ledger keeps no such currency.

    """
    currency_of(currency)
    shape = (category, floor_minor, cap_minor, stripes)
    with explained(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_open_account(%s, %s, %s, %s, %s, %s, %s)",
            [code, currency, *shape, json.dumps(dict(metadata or {}))],
        )
    account = Account.objects.get(code=code, currency=currency)
    if (account.category, account.floor_minor, account.cap_minor, account.stripes) != shape:
        raise AccountDiffers(account.pk)
    return account


def set_bounds(*, account_id: int, floor_minor: int | None, cap_minor: int | None) -> None:
    """Give the account another floor and cap.

    Raises:
        InsufficientFunds, CapExceeded: its balance does not fit them.
        InvalidAccount: it is striped.
        UnknownAccount: no account has this id.

    """
    with explained(account_id=account_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_set_bounds(%s, %s, %s)", [account_id, floor_minor, cap_minor]
        )


@lru_cache(maxsize=4096)
def account_id(code: str, currency: str) -> int:
    """Return the id of an account. Remembered for good: accounts are never renamed or deleted.

    Raises:
        UnknownAccount: no account has this code in this currency.

    """
    found = (
        Account.objects.filter(code=code, currency=currency).values_list("pk", flat=True).first()
    )
    if found is None:
        raise UnknownAccount(f"{code} {currency}")
    return found


def accounts(
    *, metadata: Mapping[str, object], after_id: int = 0, limit: int = 50
) -> list[Account]:
    """Return a page of the accounts whose metadata contain these members, by id.

    Args:
        metadata: the members; without any, every account that has some.
        after_id: the last id of the page before.
        limit: at most MAX_PAGE.

    """
    # The index covers only accounts that have metadata at all.
    found = Account.objects.exclude(metadata={}).filter(metadata__contains=dict(metadata))
    return list(found.filter(pk__gt=after_id).order_by("pk")[: max(1, min(limit, MAX_PAGE))])


def freeze_account(*, account_id: int) -> None:
    """Let the account accept reversals only.

    Raises:
        AccountClosed: it is closed already.
        UnknownAccount: no account has this id.

    """
    _set_status(account_id, AccountStatus.FROZEN)


def unfreeze_account(*, account_id: int) -> None:
    """Let the account accept postings again.

    Raises:
        AccountClosed: a closed account stays closed.
        UnknownAccount: no account has this id.

    """
    _set_status(account_id, AccountStatus.OPEN)


def close_account(*, account_id: int) -> None:
    """Close the account for good.

    Raises:
        AccountNotEmpty: it still holds a balance.
        UnknownAccount: no account has this id.

    """
    _set_status(account_id, AccountStatus.CLOSED)


def _set_status(account: int, status: AccountStatus) -> None:
    with explained(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_set_status(%s, %s)", [account, status.value])
