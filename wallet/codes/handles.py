"""Giving out handles: to a phone that computes its codes itself, or for one code of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from wallet.codes.digits import (
    HANDLE_DIGITS,
    ONE_TIME_DIGITS,
    PREFIX,
    STEP_SECONDS,
    ConsumerCode,
    one_time_digits,
)
from wallet.errors import UnknownDevice, WalletNotOpen
from wallet.idempotency import use_case
from wallet.models import CodeHandle, Device, Wallet
from wallet.models.codes import SALT_BYTES

# A phone asks for the next handle each day, and may be without a network for one more.
ROTATED_AFTER, DEVICE_LIFETIME = timedelta(days=1), timedelta(days=2)
SHOWN_LIFETIME = timedelta(minutes=1)
# What was used stays known for as long as a till may ask again what became of it.
KEPT = timedelta(days=7)
# The one before the newest is still good: the answer with the newest may have been lost.
_MOST_LIVE = 2
_ONLY_STEP = 0
_TRIES = 20


@dataclass(frozen=True, slots=True)
class PhoneKey:
    """What a phone computes its codes from; the key is told once and kept by nobody else."""

    handle: str
    key: bytes
    rotate_at: datetime
    expires_at: datetime
    prefix: str = PREFIX
    digits: int = ONE_TIME_DIGITS
    step_seconds: int = STEP_SECONDS


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code that we made for a phone with a network."""

    code: str
    expires_at: datetime


@use_case
def issue(*, device: Device, wallet: Wallet, at: datetime) -> PhoneKey:
    """Give a device of the wallet's holder its next handle and key.

    Raises:
        UnknownDevice: the device was revoked, or is another person's.
        WalletNotOpen: the wallet is frozen or closed.

    """
    device = Device.objects.select_for_update(no_key=True, of=("self",)).get(pk=device.pk)
    if device.revoked_at is not None or device.user_id != wallet.holder_id:
        raise UnknownDevice
    _require_open(wallet)
    rows = CodeHandle.objects.filter(wallet=wallet, device=device, expires_at__gt=at)
    live = list(rows.order_by("-pk").values_list("pk", flat=True))
    rows.filter(pk__in=live[_MOST_LIVE - 1 :]).update(expires_at=at)
    made = _make(wallet=wallet, device=device, lifetime=DEVICE_LIFETIME, at=at)
    return PhoneKey(
        handle=made.handle,
        key=key_of(bytes(made.salt)),
        rotate_at=at + ROTATED_AFTER,
        expires_at=made.expires_at,
    )


@use_case
def show(*, wallet: Wallet, at: datetime) -> ShownCode:
    """Make a code for the holder to show within a minute; the one before it ends.

    Raises:
        WalletNotOpen: the wallet is frozen or closed.

    """
    _require_open(wallet)
    earlier = CodeHandle.objects.filter(wallet=wallet, device=None, expires_at__gt=at)
    earlier.update(expires_at=at)
    made = _make(wallet=wallet, device=None, lifetime=SHOWN_LIFETIME, at=at)
    code = ConsumerCode(made.handle, one_time_digits(key_of(bytes(made.salt)), _ONLY_STEP))
    return ShownCode(str(code), made.expires_at)


def key_of(salt: bytes) -> bytes:
    """Return the key of a handle: 32 bytes that are in no table."""
    return hmac.digest(settings.PIN_PEPPER.encode(), b"consumer_code:" + salt, hashlib.sha256)


def steps_of(row: CodeHandle, now: int) -> tuple[int, ...]:
    """Return the steps whose digits are good now, the likeliest first: clocks differ a little."""
    return (now, now - 1, now + 1) if row.device_id is not None else (_ONLY_STEP,)


def prune(*, at: datetime) -> int:
    """Remove handles, with what was used of them, that nobody asks about any more."""
    removed, _ = CodeHandle.objects.filter(expires_at__lt=at - KEPT).delete()
    return removed


def _require_open(wallet: Wallet) -> None:
    if Wallet.objects.filter(pk=wallet.pk, status=Wallet.Status.OPEN).first() is None:
        raise WalletNotOpen


def _make(
    *, wallet: Wallet, device: Device | None, lifetime: timedelta, at: datetime
) -> CodeHandle:
    """Write a handle that no other row has; drawn again where it is taken."""
    for _ in range(_TRIES):
        row = CodeHandle(
            handle=f"{secrets.randbelow(10**HANDLE_DIGITS):0{HANDLE_DIGITS}d}",
            wallet=wallet,
            device=device,
            salt=secrets.token_bytes(SALT_BYTES),
            issued_at=at,
            expires_at=at + lifetime,
        )
        CodeHandle.objects.bulk_create([row], ignore_conflicts=True)
        if CodeHandle.objects.filter(handle=row.handle, salt=row.salt).exists():
            return row
    raise LookupError("no handle is free")
