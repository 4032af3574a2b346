"""Forms of the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as __

from wallet.models.profiles import NAME_LENGTH
from wallet.web.forms.fields import AmountField, MemoField


class ProfileForm(forms.Form):
    display_name = MemoField(
        label=__("Name"), max_length=NAME_LENGTH,
        help_text=__("Others see most of it hidden: 김*지."),
    )  # fmt: skip
    handle = forms.CharField(
        label=__("Handle"),
        required=False,
        max_length=24,
        help_text=__("So that others find you without your number: minji_kim"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class AutoTopUpForm(forms.Form):
    enabled = forms.BooleanField(label=__("Top up by itself"), required=False)

    def __init__(self, currency: str, given: Any = None, **more: Any) -> None:
        super().__init__(given, **more)
        self.fields["threshold"] = AmountField(currency, label=__("When there is less than"))
        self.fields["amount"] = AmountField(currency, label=__("Take this from the card"))
        self.fields["daily_ceiling"] = AmountField(currency, label=__("At most in 24 hours"))


class CloseForm(forms.Form):
    sure = forms.BooleanField(
        label=__("I understand that this wallet cannot be opened again."),
        error_messages={"required": __("Tick the box to close the wallet.")},
    )
