"""The PIN: six digits that confirm a movement of money.

Note [One guess at a time]: a PIN is compared while its row is locked, and the answer leaves only
after the count of wrong ones is committed, in a database transaction of its own. However many
guesses arrive at once, five wrong ones are compared and no more; and a request that fails later
takes nothing back.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from wallet.errors import PinLocked, PinNotSet, PinSet, WeakPin, WrongPin
from wallet.idempotency import use_case
from wallet.models import Pin, User, Wallet, WalletAudit
from wallet.proof import sign_ins
from wallet.proof.telling import tell

MAX_FAILURES = 5
_DATES = ("%y%m%d", "%d%m%y", "%m%d%y")
_MONTH, _YEAR = "(0[1-9]|1[0-2])", "(19|20)[0-9]{2}"
_MONTH_OF_YEAR = re.compile(f"{_YEAR}{_MONTH}|{_MONTH}{_YEAR}")


def is_weak(pin: str) -> bool:
    """Tell whether a PIN is not six digits, or one that is tried first: dates, series, repeats."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) <= 2:  # noqa: PLR2004 - 123456, 975310; 112112
        return True
    halves = pin[:3] == pin[3:] or pin[:2] == pin[2:4] == pin[4:]
    return halves or pin == pin[::-1] or _is_birthday(pin)


def set_pin(*, user: User, pin: str, password: str, at: datetime) -> Pin:
    """Set a person's first PIN; the password shows that it is not a stolen session.

    Raises:
        WeakPin: it would be guessed.
        WrongCredentials: the password is wrong.
        TooManySignIns: too many wrong passwords were given, here or to sign in.
        PinSet: there is one already.

    """
    sign_ins.require_password(user=user, password=password, at=at)
    if is_weak(pin):
        raise WeakPin
    return _set(user=user, pin=pin, at=at)


@use_case
def _set(*, user: User, pin: str, at: datetime) -> Pin:
    try:
        with transaction.atomic():
            return Pin.objects.create(user=user, hashed=make_password(_peppered(pin)), set_at=at)
    except IntegrityError as exc:
        raise PinSet from exc


def change_pin(*, user: User, pin: str, password: str, at: datetime) -> Pin:
    """Replace a PIN, known or forgotten or locked; the caller asked for a second proof.

    Raises:
        WeakPin: it would be guessed.
        WrongCredentials: the password is wrong.
        TooManySignIns: too many wrong passwords were given, here or to sign in.
        PinNotSet: there is none to replace.

    """
    sign_ins.require_password(user=user, password=password, at=at)
    if is_weak(pin):
        raise WeakPin
    return _change(user=user, pin=pin, at=at)


@use_case
def _change(*, user: User, pin: str, at: datetime) -> Pin:
    found = Pin.objects.select_for_update().filter(user=user).first()
    if found is None:
        raise PinNotSet
    found.hashed, found.set_at, found.failures = make_password(_peppered(pin)), at, 0
    found.save(update_fields=["hashed", "set_at", "failures"])
    tell(user=user, kind="pin.changed", facts={}, at=at)
    return found


@use_case
def forget_pin(*, wallet: Wallet, actor: str, reason: str, at: datetime) -> None:
    """Remove the PIN of a wallet's holder, by order of staff, so that another can be set.

    Raises:
        PinNotSet: there is none.

    """
    removed, _ = Pin.objects.filter(user=wallet.holder_id).delete()
    if not removed:
        raise PinNotSet
    WalletAudit.objects.create(
        wallet=wallet,
        action=WalletAudit.Action.PIN,
        actor=actor,
        reason=reason,
        happened_at=at,
    )


def check(*, user: User, pin: str) -> None:
    """Check a PIN; see Note [One guess at a time].

    Raises:
        PinNotSet: there is none.
        PinLocked: too many wrong ones were given.
        WrongPin: it is not this.
        RuntimeError: a database transaction is open, whose end could undo the count.

    """
    with transaction.atomic(durable=True):
        found = Pin.objects.select_for_update().filter(user=user).first()
        if found is None:
            raise PinNotSet
        if found.failures >= MAX_FAILURES:
            raise PinLocked
        is_right = check_password(_peppered(pin), found.hashed)
        failures = 0 if is_right else found.failures + 1
        if failures != found.failures:
            Pin.objects.filter(pk=found.pk).update(failures=failures)
    if not is_right:
        raise WrongPin(MAX_FAILURES - failures)


def _peppered(pin: str) -> str:
    # A million PINs are soon tried on a stolen table; the pepper is not in the database.
    return hmac.new(settings.PIN_PEPPER.encode(), pin.encode(), hashlib.sha256).hexdigest()


def _is_birthday(pin: str) -> bool:
    """Tell whether a PIN is a day without its century, or a month of a year of ours."""
    is_month = _MONTH_OF_YEAR.fullmatch(pin) is not None
    return is_month or any(_is_date(pin, order) for order in _DATES)


def _is_date(pin: str, order: str) -> bool:
    with suppress(ValueError):
        datetime.strptime(pin, order)  # noqa: DTZ007 - a date, no instant.
        return True
    return False
