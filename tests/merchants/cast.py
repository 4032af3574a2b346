"""Who works for the corner shop, who decides about it, and how they speak to the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from psycopg import errors as pg

from merchants.api_keys.keys import make_key
from merchants.api_keys.secrets import new_secret
from merchants.models import ApiKey, Merchant, Role, StaffRole, Store, Terminal
from merchants.staff.roles import give
from merchants.stores import take_on
from tests.wallet.people import PASSWORD, Caller
from wallet.models import User, Wallet
from wallet.people import sign_up

MINJI, SENA, DOYUN, YUNA = "+821011110001", "+821011110002", "+821011110003", "+821011110004"
NUMBER = "3333-01-1234567"


def newcomer(phone: str, *, confirmed: bool = True) -> Wallet:
    """Return the wallet of somebody who just signed up."""
    wallet = sign_up(phone=phone, password=PASSWORD, currency="KRW", at=timezone.now())
    if not confirmed:
        wallet.holder.phone_confirmed_at = None
        wallet.holder.save(update_fields=["phone_confirmed_at"])
    return wallet


def colleague(phone: str) -> User:
    """Return one of our own people."""
    return User.objects.create_user(phone, PASSWORD, is_staff=True)


def employ(
    merchant: Merchant,
    wallet: Wallet,
    role: Role = Role.OWNER,
    *,
    store: Store | None = None,
    refund_limit_minor: int | None = None,
) -> StaffRole:
    """Give somebody a role, without an invitation."""
    if role == Role.CASHIER and refund_limit_minor is None:
        refund_limit_minor = 10_000
    with transaction.atomic():
        return give(
            merchant=merchant,
            store=store,
            user=wallet.holder,
            role=role,
            refund_limit_minor=refund_limit_minor,
            at=timezone.now(),
        )


def other_shop(plan: Any) -> Store:
    """Return the store of another merchant."""
    return take_on(
        legal_name="다른가게",
        currency="KRW",
        fee_plan=plan,
        name="다른가게",
        latin_name="Other Shop",
        city="Busan",
        merchant_category_code="5411",
    )


def keyed(
    merchant: Merchant,
    *scopes: str,
    store: Store | None = None,
    terminal: Terminal | None = None,
) -> tuple[ApiKey, str]:
    """Return an API key with these scopes, and its secret."""
    secret = new_secret()
    key = make_key(
        merchant=merchant,
        label="till",
        scopes=scopes,
        store=store,
        terminal=terminal,
        secret=secret,
        actor="test",
        at=timezone.now(),
    )
    return key, secret


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """Expect PostgreSQL to refuse, under this name; the database transaction goes on."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    cause = caught.value.__cause__
    assert isinstance(cause, pg.IntegrityError)
    assert cause.diag.constraint_name == constraint


class Member(Caller):
    """A member of staff at the API."""

    def __init__(self, wallet: Wallet, merchant: Merchant, **how: Any) -> None:
        super().__init__(wallet, **how)
        self.client.defaults["HTTP_MERCHANT_ID"] = merchant.public_id

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(f"/api/v1{path}", body, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1{path}")


class Program(Member):
    """A program that carries an API key."""

    def __init__(self, secret: str) -> None:
        self.steps_up = False
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})


def application(**changes: str) -> dict[str, str]:
    """Return what a business writes when it applies."""
    return {
        "legal_name": "모퉁이가게 주식회사",
        "kind": "COMPANY",
        "registration_number": "124-81-00998",
        "contact_name": "김민지",
        "contact_phone": MINJI,
        "contact_email": "minji@corner.example",
        "currency": "KRW",
        "bank_code": "090",
        "bank_number": NUMBER,
        "bank_holder_name": "모퉁이가게",
        "store_name": "모퉁이가게",
        "store_latin_name": "Corner Shop",
        "store_city": "Seoul",
        "store_address": "서울시 중구 세종대로 110",
        "merchant_category_code": "5411",
        **changes,
    }
