"""Withdrawing to a bank account."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from ledger.money import Money
from wallet import withdrawals
from wallet.models import BankAccount, Wallet, Withdrawal
from wallet.templatetags.screens import money
from wallet.web.access import WalletPage, is_part
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.entry.home import held_by
from wallet.web.forms.money import WithdrawForm, account_name
from wallet.web.money.bank_accounts import kept_by
from wallet.withdrawals.asking import FEES_MINOR

_Status = BankAccount.Status


class Withdraw(WalletPage):
    template = "wallet/money/withdraw.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        accounts = list(kept_by(self.person).filter(status=_Status.VERIFIED))
        return self._show(WithdrawForm(self.wallet.currency, accounts), accounts)

    def post(self, request: HttpRequest) -> HttpResponse:
        accounts = list(kept_by(self.person).filter(status=_Status.VERIFIED))
        form = WithdrawForm(self.wallet.currency, accounts, request.POST)
        if not form.is_valid():
            return self._show(form, accounts, is_wrong=True)
        asked = form.cleaned_data
        account = next(one for one in accounts if str(one.public_id) == asked["account"])
        draft = self.drafts.begin(
            "withdrawal",
            account=asked["account"],
            amount=asked["amount"].to_major(),
            to=account_name(account),
        )
        return confirm(draft)

    def _show(
        self, form: WithdrawForm, accounts: list[BankAccount], *, is_wrong: bool = False
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            "accounts": accounts,
            "fee": fee_in(self.wallet.currency),
            "last": self.wallet.withdrawals.select_related("bank_account").order_by("-pk")[:5],
            **held_by(self.wallet),
        }
        return self.correct(**context) if is_wrong else self.show(**context)


class WithdrawalDetail(WalletPage):
    template = "wallet/money/withdrawal.html"

    def get(self, request: HttpRequest, withdrawal_id: uuid.UUID) -> HttpResponse:
        mine = Withdrawal.objects.filter(wallet__holder=self.person)
        rows = mine.select_related("bank_account")
        found = get_object_or_404(rows, public_id=withdrawal_id)
        template = "wallet/money/withdrawal_state.html" if is_part(request) else self.template
        to = account_name(found.bank_account)
        return self.show(template=template, withdrawal=found, to=to)


def fee_in(currency: str) -> Money:
    """Return what a withdrawal costs."""
    return Money(FEES_MINOR.get(currency, 0), currency)


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:
    amount = Money.from_major(facts["amount"], wallet.currency)
    fee = fee_in(wallet.currency)
    return Question(
        title=_("Withdraw"),
        button=_("Withdraw %(sum)s") % {"sum": money(amount)},
        amount=amount,
        to=facts["to"],
        facts=[(_("Fee"), money(fee)), (_("Leaves your wallet"), money(amount + fee))],
        back="/withdraw",
    )


def _do(doing: Doing) -> HttpResponse:
    facts, wallet = doing.draft.facts, doing.wallet
    account = get_object_or_404(kept_by(doing.person), public_id=facts["account"])
    reply = withdrawals.ask.once(
        doing.once(lambda made: str(made.public_id)),
        wallet=wallet,
        bank_account=account,
        amount=Money.from_major(facts["amount"], wallet.currency),
        proof=doing.prove(),
        at=doing.at,
    )
    if not reply.is_replay:
        rows = Withdrawal.objects.select_related("bank_account")
        withdrawals.send(withdrawal=rows.get(public_id=name_of(reply)), at=doing.at)
    return redirect("wallet:withdrawal", name_of(reply))


register("withdrawal", Deed(_ask, _do))
