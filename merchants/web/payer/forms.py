"""What a payer types or shows: a code, a picture of one, an amount."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from wallet.web.forms.fields import AmountField, MemoField

_LONGEST_CODE = 512


class ScanForm(forms.Form):
    payload = forms.CharField(
        label=__("Type the code"),
        required=False,
        max_length=_LONGEST_CODE,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    picture = forms.FileField(
        label=__("A photo of the code"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check that there is something to read."""
        given = super().clean() or {}
        if not self.errors and not given.get("payload") and not given.get("picture"):
            raise ValidationError({"payload": _("Type the code, or choose a photo of it.")})
        return given


class AmountForm(forms.Form):
    memo = MemoField(label=__("Note for yourself (optional)"))

    def __init__(self, currency: str, given: Any = None) -> None:
        super().__init__(given)
        self.fields["amount"] = AmountField(currency)
