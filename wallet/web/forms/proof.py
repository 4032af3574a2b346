"""Forms that prove who it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from wallet.proof.pins import is_weak
from wallet.web.forms.fields import (
    CodeField,
    NewPasswordField,
    PasswordField,
    PhoneField,
    PinField,
)


class NoForm(forms.Form):
    """Asks for nothing but the button."""


class PinForm(forms.Form):
    pin = PinField(label=__("Your PIN"))


class CodeForm(forms.Form):
    code = CodeField()


class PhoneForm(forms.Form):
    phone = PhoneField(help_text=__("We send a code to it in a text message."))


class SignInForm(forms.Form):
    phone = PhoneField()
    password = PasswordField()


class NewPinField(PinField):
    """A PIN that is to be set."""

    def clean(self, value: Any) -> str:
        """Return the digits; weak ones are refused."""
        pin = super().clean(value)
        if is_weak(pin):
            raise ValidationError(
                _("Choose six digits that are harder to guess: no date, no series, no repetition.")
            )
        return pin


class SignUpForm(forms.Form):
    code = CodeField(label=__("Code from the text message"))
    password = NewPasswordField()
    pin = NewPinField(
        label=__("New PIN"), help_text=__("Six digits that confirm each payment. Not a date.")
    )

    def clean_password(self) -> str:
        """Return the password; weak ones are refused."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password


class NewPinForm(forms.Form):
    pin = NewPinField(
        label=__("New PIN"), help_text=__("Six digits that confirm each payment. Not a date.")
    )
    password = PasswordField(help_text=__("To be sure that it is you."))


class NewPasswordForm(forms.Form):
    old = PasswordField(label=__("Password until now"))
    new = NewPasswordField(label=__("New password"))

    def clean_new(self) -> str:
        """Return the password; weak ones are refused."""
        password = str(self.cleaned_data["new"])
        validate_password(password)
        return password
