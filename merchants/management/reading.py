"""What the commands of staff share: who acts, about what, and how a refusal is told."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from ledger.errors import LedgerError
from merchants.errors import MerchantError
from merchants.models import FeePlan, Merchant
from wallet.errors import WalletError
from wallet.models import User
from wallet.models.wallets import REASON_LENGTH


def colleague(phone: str) -> User:
    """Return one of our own people by their phone number.

    Raises:
        CommandError: nobody, or a consumer.

    """
    found = User.objects.filter(phone=phone, is_staff=True, is_active=True).first()
    if found is None:
        raise CommandError(f"nobody of our staff has the phone number {phone}")
    return found


def merchant(public_id: str) -> Merchant:
    """Return a merchant by its public id.

    Raises:
        CommandError: there is none.

    """
    found = Merchant.objects.filter(public_id=public_id).first()
    if found is None:
        raise CommandError(f"there is no merchant {public_id}")
    return found


def plan(name: str) -> FeePlan:
    """Return a fee plan by its name.

    Raises:
        CommandError: there is none.

    """
    found = FeePlan.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"there is no fee plan {name}")
    return found


def identifier(text: str) -> uuid.UUID:
    """Read the id of an application or a request, for argparse."""
    try:
        return uuid.UUID(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError("not an id") from exc


def reason(text: str) -> str:
    """Read a reason, for argparse."""
    plain = text.strip()
    if not 0 < len(plain) <= REASON_LENGTH:
        raise argparse.ArgumentTypeError(f"give 1 to {REASON_LENGTH} characters")
    return plain


@contextmanager
def told() -> Iterator[None]:
    """Let a refusal end the command with its code and its text."""
    try:
        yield
    except (LedgerError, MerchantError, WalletError) as exc:
        raise CommandError(f"{exc.code}: {exc}") from exc
