"""Bank accounts to withdraw to: added, verified by the deposit's code, removed."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from wallet.errors import WalletError
from wallet.models import BankAccount, User, Wallet
from wallet.web.access import SignedInPage, WalletPage
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.forms.money import AccountCodeForm, BankAccountForm
from wallet.web.words import explain
from wallet.withdrawals import accounts
from wallet.withdrawals.numbers import BANKS, normal_number


class BankAccounts(SignedInPage):
    template = "wallet/money/bank_accounts.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(accounts=kept_by(self.person).order_by("pk"))


class AddBankAccount(WalletPage):
    template = "wallet/money/bank_account_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=BankAccountForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BankAccountForm(request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        asked = form.cleaned_data
        try:
            code, number = normal_number(bank_code=asked["bank_code"], text=asked["number"])
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        name = asked["holder_name"]
        return confirm(
            self.drafts.begin("bank_account", bank_code=code, number=number, holder_name=name)
        )


class BankAccountDetail(SignedInPage):
    template = "wallet/money/bank_account.html"

    def get(self, request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = get_object_or_404(kept_by(self.person), public_id=account_id)
        return self.show(account=found, form=AccountCodeForm())

    def post(self, request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
        found = get_object_or_404(kept_by(self.person), public_id=account_id)
        if "remove" in request.POST:
            accounts.remove(account=found, at=timezone.now())
            return redirect("wallet:bank_accounts")
        form = AccountCodeForm(request.POST)
        if not form.is_valid():
            return self.correct(account=found, form=form)
        try:
            accounts.verify(account=found, code=form.cleaned_data["code"], at=timezone.now())
        except WalletError as error:
            found.refresh_from_db()
            explain(form, error)
            return self.correct(account=found, form=form)
        return redirect("wallet:bank_account", found.public_id)


def kept_by(person: User) -> QuerySet[BankAccount]:
    """Return a person's bank accounts that were not removed."""
    return BankAccount.objects.filter(holder=person).exclude(status=BankAccount.Status.REMOVED)


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    bank = BANKS.get(facts["bank_code"])
    return Question(
        title=_("Add a bank account"),
        button=_("Add it"),
        to=bank.name if bank else facts["bank_code"],
        facts=[(_("Account number"), facts["number"]), (_("Name"), facts["holder_name"])],
        note=_("We deposit 1 won; the three digits beside it show that the account is yours."),
        back="/bank-accounts/new",
    )


def _do(doing: Doing) -> HttpResponse:
    facts = doing.draft.facts
    reply = accounts.add.once(
        doing.once(lambda made: str(made.public_id)),
        wallet=doing.wallet,
        bank_code=facts["bank_code"],
        number=facts["number"],
        holder_name=facts["holder_name"],
        proof=doing.prove(),
        at=doing.at,
    )
    if not reply.is_replay:
        accounts.check(account=BankAccount.objects.get(public_id=name_of(reply)), at=doing.at)
    return redirect("wallet:bank_account", name_of(reply))


register("bank_account", Deed(_ask, _do))
