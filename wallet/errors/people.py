"""Refusals about people: signing up and signing in."""

from __future__ import annotations

from wallet.errors.base import WalletError


class InvalidPhone(WalletError):
    """The text is not a phone number."""

    code = "invalid_phone"
    status = 400
    message = "write the phone number with its country code, such as +821012345678"


class PhoneTaken(WalletError):
    """Somebody signed up with this phone number before."""

    code = "phone_taken"
    message = "this phone number is already signed up"


class WrongCredentials(WalletError):
    """The phone number and the password do not fit; which of them is not said."""

    code = "wrong_credentials"
    status = 401
    message = "phone number or password is wrong"
