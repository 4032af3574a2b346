"""Topping up: how much and from where, and what became of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.money import Money
from wallet import topups
from wallet.models import Provider, TopUp, Wallet
from wallet.proof.proofs import Means
from wallet.templatetags.screens import money
from wallet.topups.numbers import virtual_account
from wallet.web.access import WalletPage, is_part
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.entry.home import held_by
from wallet.web.forms.money import TopUpForm

_CHIPS = (10_000, 50_000, 100_000)


class TopUps(WalletPage):
    template = "wallet/money/top_up.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=TopUpForm(self.wallet.currency), **self._around())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TopUpForm(self.wallet.currency, request.POST)
        if not form.is_valid():
            return self.correct(form=form, **self._around())
        asked = form.cleaned_data
        return confirm(
            self.drafts.begin(
                "top_up", amount=asked["amount"].to_major(), provider=asked["provider"]
            )
        )

    def _around(self) -> dict[str, Any]:
        chips = [(minor, Money(minor, self.wallet.currency)) for minor in _CHIPS]
        return {**held_by(self.wallet), "chips": chips}


class TopUpDetail(WalletPage):
    template = "wallet/money/top_up_detail.html"

    def get(self, request: HttpRequest, top_up_id: uuid.UUID) -> HttpResponse:
        mine = TopUp.objects.filter(wallet__holder=self.person)
        top_up = get_object_or_404(mine, public_id=top_up_id)
        by_transfer = top_up.provider == Provider.BANK_TRANSFER
        number = virtual_account(wallet=self.wallet, at=timezone.now()) if by_transfer else None
        template = "wallet/money/top_up_state.html" if is_part(request) else self.template
        return self.show(template=template, top_up=top_up, number=number)


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:
    amount = Money.from_major(facts["amount"], wallet.currency)
    is_card = facts["provider"] == Provider.CARD
    return Question(
        title=_("Top up"),
        button=_("Top up %(sum)s") % {"sum": money(amount)},
        amount=amount,
        facts=[(_("Pay with"), _("Your card") if is_card else _("A bank transfer"))],
        back="/top-up",
    )


def _do(doing: Doing) -> HttpResponse:
    facts, wallet = doing.draft.facts, doing.wallet
    amount = Money.from_major(facts["amount"], wallet.currency)
    reply = topups.ask.once(
        doing.once(lambda made: str(made.public_id)),
        wallet=wallet,
        amount=amount,
        provider=facts["provider"],
        with_approval=True,
        at=doing.at,
    )
    if not reply.is_replay:
        made = TopUp.objects.select_related("wallet").get(public_id=name_of(reply))
        topups.tell(top_up=made, at=doing.at)
    return redirect("wallet:top_up_detail", name_of(reply))


register("top_up", Deed(_ask, _do, proof=Means.SESSION))
