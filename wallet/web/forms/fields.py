"""Fields that several forms have."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.errors import InvalidAmount
from ledger.money import Money
from wallet.errors import InvalidHandle, UnreadableText
from wallet.models.profiles import MEMO_LENGTH
from wallet.texts import clean_text
from wallet.transfers.profiles import normal_handle

HOME = "KR"  # numbers without a country code are from here
_AMOUNT_NOISE = re.compile(r"[,\s₩원]|KRW", re.ASCII | re.IGNORECASE)
_MOST = 24


class PhoneField(forms.CharField):
    """A phone number as people write it, read as E.164."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("Phone number"))
        super().__init__(max_length=32, **more)
        self.widget.attrs |= {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}

    def clean(self, value: Any) -> str:
        """Return the number in E.164."""
        return read_phone(super().clean(value))


def read_phone(text: str) -> str:
    """Return a phone number in E.164; one without a country code is from here.

    Raises:
        ValidationError: it is not one.

    """
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        number = phonenumbers.PhoneNumber()
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Write a phone number such as 010-1234-5678."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PayeeField(forms.CharField):
    """Whom money goes to: a phone number, or a handle with its at sign."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("Send to"))
        more.setdefault("help_text", __("A phone number, or a handle such as @minji_kim"))
        super().__init__(max_length=32, **more)
        self.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        """Return the number in E.164, or the handle with its at sign."""
        return read_payee(super().clean(value))


def read_payee(text: str) -> str:
    """Return a phone number in E.164, or a handle in lower case with its at sign.

    Raises:
        ValidationError: it is neither.

    """
    if not text.startswith("@"):
        return read_phone(text)
    try:
        return f"@{normal_handle(text)}"
    except InvalidHandle:
        raise ValidationError(_("Write a handle such as @minji_kim.")) from None


class AmountField(forms.CharField):
    """An amount as people write it, such as ``12,000``; read as money of a currency."""

    def __init__(self, currency: str, **more: Any) -> None:
        self.currency = currency
        more.setdefault("label", __("Amount"))
        super().__init__(max_length=_MOST, **more)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "data-sum": ""}

    def clean(self, value: Any) -> Any:
        """Return the amount; None where none is needed and none was given."""
        text = _AMOUNT_NOISE.sub("", super().clean(value))
        if not text and not self.required:
            return None
        try:
            amount = Money.from_major(text, self.currency)
        except InvalidAmount:
            raise ValidationError(_("Write the amount in whole won, such as 12,000.")) from None
        if amount.minor <= 0:
            raise ValidationError(_("Write an amount of more than zero."))
        return amount


class PinField(forms.CharField):
    """Six digits that confirm money."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("PIN"))
        super().__init__(widget=forms.PasswordInput(), strip=False, **more)
        self.widget.attrs |= {
            "inputmode": "numeric",
            "autocomplete": "off",
            "maxlength": "6",
            "pattern": "[0-9]{6}",
        }

    def clean(self, value: Any) -> str:
        """Return the digits."""
        text = str(super().clean(value))
        if not re.fullmatch(r"[0-9]{6}", text):
            raise ValidationError(_("Enter your six-digit PIN."))
        return text


class CodeField(forms.CharField):
    """A code from a text message, an authenticator, or paper."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("One-time code"))
        super().__init__(max_length=_MOST, **more)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}

    def clean(self, value: Any) -> str:
        """Return the code."""
        text = str(super().clean(value))
        if not re.fullmatch(r"[0-9A-Za-z -]{6,24}", text):
            raise ValidationError(_("Enter the code as it was sent: six digits."))
        return text


class MemoField(forms.CharField):
    """A few words that the other side reads."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("Message (optional)"))
        more.setdefault("max_length", MEMO_LENGTH)
        more.setdefault("required", False)
        super().__init__(**more)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> str:
        """Return the words, without anything that cannot be seen."""
        text = super().clean(value)
        try:
            return clean_text(text, most=self.max_length or len(text))
        except UnreadableText:
            raise ValidationError(
                _("Use letters, digits and signs that can be seen, up to 100 of them.")
            ) from None


class NewPasswordField(forms.CharField):
    """A password that is to be set."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("Password"))
        more.setdefault("help_text", __("At least 8 characters; a few words are best."))
        super().__init__(
            max_length=128, strip=False, widget=forms.PasswordInput(render_value=True), **more
        )
        self.widget.attrs["autocomplete"] = "new-password"


class PasswordField(forms.CharField):
    """A password that is asked for."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", __("Password"))
        super().__init__(max_length=128, strip=False, widget=forms.PasswordInput(), **more)
        self.widget.attrs["autocomplete"] = "current-password"
