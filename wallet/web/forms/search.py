"""What somebody looks for in the activity."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from wallet.activity.filters import Filters
from wallet.activity.months import day_after, midnight
from wallet.activity.words import has_words
from wallet.web.forms.fields import AmountField

# What people choose by, and the ledger's kinds it stands for.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "payment": (__("Payments"), ("PAYMENT", "CAPTURE", "REFUND")),
    "transfer": (
        __("Transfers"),
        ("TRANSFER", "CLAIM_OPENED", "CLAIM_CLAIMED", "CLAIM_CANCELLED", "CLAIM_RETURNED"),
    ),
    "top_up": (__("Top-ups"), ("TOP_UP", "BANK_CREDIT", "TOP_UP_REVERSAL")),
    "withdrawal": (__("Withdrawals"), ("WITHDRAWAL", "WITHDRAWAL_RETURNED")),
}
_LONGEST = 100


class SearchForm(forms.Form):
    q = forms.CharField(
        label=__("Search"),
        required=False,
        max_length=_LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "enterkeyhint": "search"}),
    )
    kind = forms.ChoiceField(
        label=__("Kind"),
        required=False,
        choices=[("", __("Everything")), *((name, label) for name, (label, _k) in KINDS.items())],
    )
    start = forms.DateField(
        label=__("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label=__("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, currency: str, given: Any = None) -> None:
        super().__init__(given)
        self.fields["least"] = AmountField(currency, label=__("At least"), required=False)
        self.fields["most"] = AmountField(currency, label=__("At most"), required=False)

    def clean_q(self) -> str:
        """Return the words; signs alone look for nothing."""
        text = str(self.cleaned_data["q"])
        return text if has_words(text) else ""

    def clean(self) -> dict[str, Any]:
        """Check that the ends are after the beginnings."""
        asked = super().clean() or {}
        start, end = asked.get("start"), asked.get("end")
        if start and end and start > end:
            raise ValidationError({"end": _("Choose a day after the first one.")})
        least, most = asked.get("least"), asked.get("most")
        if least and most and least.minor > most.minor:
            raise ValidationError({"most": _("Write more than the least amount.")})
        return asked

    @property
    def filters(self) -> Filters:
        """What is looked for; everything, where the form has to be corrected."""
        if not self.is_valid():
            return Filters()
        asked = self.cleaned_data
        least, most = asked.get("least"), asked.get("most")
        return Filters(
            kinds=KINDS[asked["kind"]][1] if asked["kind"] else (),
            start=midnight(asked["start"]) if asked["start"] else None,
            end=day_after(asked["end"]) if asked["end"] else None,
            least_minor=least.minor if least else None,
            most_minor=most.minor if most else None,
            text=asked["q"],
        )
