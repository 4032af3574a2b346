"""Forms about money that comes, goes, or is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from wallet.activity.months import ZONE
from wallet.models import BankAccount, Provider
from wallet.transfers.splits import MAX_PEOPLE
from wallet.web.forms.fields import AmountField, MemoField, PayeeField, read_payee
from wallet.withdrawals.numbers import BANKS

ACCOUNT_NUMBER_TEXT = 60


class MoneyForm(forms.Form):
    """A form about an amount in the currency of a wallet."""

    def __init__(self, currency: str, given: Any = None, **more: Any) -> None:
        super().__init__(given, **more)
        self.fields["amount"] = AmountField(currency)


class TopUpForm(MoneyForm):
    provider = forms.ChoiceField(
        label=__("Pay with"),
        choices=[
            (Provider.CARD.value, __("Your card")),
            (Provider.BANK_TRANSFER.value, __("A bank transfer")),
        ],
        initial=Provider.CARD.value,
        widget=forms.RadioSelect(),
    )


class SendForm(MoneyForm):
    payee = PayeeField()
    memo = MemoField()
    due = forms.CharField(
        label=__("Send later (optional)"),
        required=False,
        max_length=16,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=__("Until then you can cancel it."),
    )

    def clean_due(self) -> datetime | None:
        """Return the instant, in the holder's zone; None for now."""
        text = self.cleaned_data["due"]
        if not text:
            return None
        try:
            return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=ZONE)
        except ValueError:
            raise ValidationError(_("Choose a day and a time.")) from None


class AskForm(MoneyForm):
    payee = PayeeField(label=__("From whom"))
    memo = MemoField()


class SplitForm(MoneyForm):
    payees = forms.CharField(
        label=__("Who shares it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=__("A phone number or handle on each line"),
    )
    with_asker = forms.BooleanField(
        label=__("I bear a share as well"), required=False, initial=True
    )
    memo = MemoField()

    def __init__(self, currency: str, given: Any = None, **more: Any) -> None:
        super().__init__(currency, given, **more)
        self.fields["amount"].label = __("The whole bill")

    def clean_payees(self) -> list[str]:
        """Return the people, each as a number in E.164 or a handle."""
        lines = [
            line.strip() for line in self.cleaned_data["payees"].replace(",", "\n").split("\n")
        ]
        people = [read_payee(line) for line in lines if line]
        if not 1 <= len(people) <= MAX_PEOPLE:
            raise ValidationError(_("Name 1 to %(most)d people.") % {"most": MAX_PEOPLE})
        return people


class WithdrawForm(MoneyForm):
    account = forms.ChoiceField(label=__("To"))

    def __init__(
        self, currency: str, accounts: list[BankAccount], given: Any = None, **more: Any
    ) -> None:
        super().__init__(currency, given, **more)
        self.fields["account"] = forms.ChoiceField(
            label=__("To"),
            choices=[(str(one.public_id), account_name(one)) for one in accounts],
            error_messages={"required": __("Choose a bank account."),
                            "invalid_choice": __("Choose a bank account.")},
        )  # fmt: skip


class BankAccountForm(forms.Form):
    bank_code = forms.ChoiceField(
        label=__("Bank"), choices=[(code, bank.name) for code, bank in BANKS.items()]
    )
    number = forms.CharField(
        label=__("Account number"),
        max_length=ACCOUNT_NUMBER_TEXT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder_name = MemoField(
        label=__("Name on the account"), max_length=60, required=True,
        help_text=__("As the bank writes it"),
    )  # fmt: skip


class AccountCodeForm(forms.Form):
    code = forms.RegexField(
        r"^[0-9]{3}\Z",
        label=__("Three digits beside the deposit"),
        error_messages={"invalid": __("Enter the three digits beside the deposit.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "3"}
        ),
    )


def account_name(account: BankAccount) -> str:
    """Return a bank account as people know it: the bank, and the number's last digits."""
    bank = BANKS.get(account.bank_code)
    return f"{bank.name if bank else account.bank_code} {account.masked}"
