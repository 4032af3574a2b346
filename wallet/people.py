"""Signing up and signing in."""

from __future__ import annotations

from datetime import datetime

import phonenumbers
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from wallet.errors import InvalidPhone, PhoneTaken, WrongCredentials
from wallet.idempotency import use_case
from wallet.models import User, Wallet
from wallet.proof import sign_ins
from wallet.unclaimed import claim_all_for
from wallet.wallets import make_wallet


def normal_phone(text: str) -> str:
    """Return a phone number in E.164.

    Raises:
        InvalidPhone: it is not a possible number with a country code.

    """
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise InvalidPhone from None
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@use_case
def sign_up(*, phone: str, password: str, currency: str, at: datetime) -> Wallet:
    """Make a user whose phone number was confirmed by a code, and open a first wallet.

    What was sent to the number before anybody signed up with it is there at once.

    Raises:
        InvalidPhone: not a phone number.
        PhoneTaken: somebody signed up with it before.

    """
    number = normal_phone(phone)
    try:
        with transaction.atomic():
            holder = User.objects.create_user(number, password, phone_confirmed_at=at)
    except IntegrityError as exc:
        raise PhoneTaken from exc
    wallet = make_wallet(holder=holder, currency=currency, at=at)
    claim_all_for(wallet=wallet, at=at)
    return wallet


def sign_in(*, phone: str, password: str, address: str, at: datetime) -> User:
    """Return the user whose phone number and password these are.

    Raises:
        TooManySignIns: too many went wrong for the number, or from the address.
        WrongCredentials: they do not fit; the time taken does not say which of them.

    """
    try:
        number = normal_phone(phone)
    except InvalidPhone:
        number = ""
    sign_ins.take_try(phone=number, address=address, at=at)
    user = User.objects.filter(phone=number, is_active=True).first()
    if user is None:
        make_password(password)  # as long as checking one
        raise WrongCredentials
    if not check_password(password, user.password):
        raise WrongCredentials
    sign_ins.forgive(phone=number, address=address)
    return user
