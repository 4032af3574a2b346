"""What a payer types or shows: a code, a picture of one, an amount."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.money import Money
from merchants.codes.mpm.amounts import TipRule
from merchants.payments.tips import due_tip, share
from merchants.store_codes import Asked
from wallet.templatetags.screens import money
from wallet.web.forms.fields import AmountField, MemoField

_LONGEST_CODE = 700  # a till's without a network


class ScanForm(forms.Form):
    payload = forms.CharField(
        label=__("Type the code"),
        required=False,
        max_length=_LONGEST_CODE,
        strip=False,  # base45 has a space
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
        if not str(given.get("payload", "")).strip():
            given["payload"] = ""
        if not self.errors and not given.get("payload") and not given.get("picture"):
            raise ValidationError({"payload": _("Type the code, or choose a photo of it.")})
        return given


_QUESTIONS = {
    "bill_number": __("Number of the bill or table"),
    "mobile_number": __("Mobile number"),
    "store_label": __("Store or stall"),
    "loyalty_number": __("Loyalty number"),
    "reference_label": __("Reference"),
    "customer_label": __("Customer number"),
    "terminal_label": __("Till"),
    "purpose": __("What it is for"),
}
_ANSWER = "answer_"
_ANSWER_LENGTH = 25


class AmountForm(forms.Form):
    """How much, the tip apart, and whatever else the store's code asks for."""

    memo = MemoField(label=__("Note for yourself (optional)"))

    def __init__(self, asked: Asked, given: Any = None) -> None:
        super().__init__(given)
        self.asked = asked
        currency = asked.store.merchant.currency
        self.fields["amount"] = AmountField(currency)
        if asked.tip is not None and asked.tip.rule is TipRule.PROMPT:
            self.fields["tip"] = AmountField(currency, label=__("Tip (optional)"), required=False)
        for name in asked.prompts:
            self.fields[_ANSWER + name] = MemoField(
                label=_QUESTIONS[name], max_length=_ANSWER_LENGTH, required=True
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that not every store's code asks for."""
        return [self[name] for name in self.fields if name not in {"amount", "memo"}]

    def facts(self) -> dict[str, str]:
        """Return what was typed, for a draft: the amount with the tip in it, tip, answers."""
        given = self.cleaned_data
        base: Money = given["amount"]
        tip = Money(due_tip(self.asked.tip, base=base, given=given.get("tip")), base.currency)
        answers = {name: text for name, text in given.items() if name.startswith(_ANSWER)}
        return {
            "amount": (base + tip).to_major(),
            "tip": tip.to_major() if tip.minor else "",
            "currency": base.currency,
            "memo": given["memo"],
            **answers,
        }


_SHARES_BPS = (500, 1_000, 1_500)
_PER_PERCENT = 100


class TipForm(forms.Form):
    """What the payer likes to add to a bill: a part of it, another sum, or nothing."""

    share = forms.ChoiceField(label=__("Add a tip?"), widget=forms.RadioSelect, initial="0")

    def __init__(self, bill: Money, given: Any = None) -> None:
        super().__init__(given)
        self.bill = bill
        field: Any = self.fields["share"]
        field.choices = [("0", _("No tip")), *(self._choice(bps) for bps in _SHARES_BPS)]
        self.fields["tip"] = AmountField(
            bill.currency, label=__("Another sum (optional)"), required=False
        )

    def tip(self) -> Money:
        """Return what is added; a sum that was typed goes before a part that was chosen."""
        given: Money | None = self.cleaned_data["tip"]
        return given or self._part(int(self.cleaned_data["share"]))

    def _part(self, bps: int) -> Money:
        return Money(share(self.bill.minor, bps), self.bill.currency)

    def _choice(self, bps: int) -> tuple[str, str]:
        said = {"percent": bps // _PER_PERCENT, "sum": money(self._part(bps))}
        return str(bps), _("%(percent)d%% · %(sum)s") % said


def answers_in(facts: dict[str, str]) -> dict[str, str]:
    """Return the answers that stand in the facts of a draft."""
    return {
        name.removeprefix(_ANSWER): text
        for name, text in facts.items()
        if name.startswith(_ANSWER)
    }
