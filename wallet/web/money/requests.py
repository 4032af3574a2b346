"""Asking for money, by one request or a split bill, and answering."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.money import Money
from wallet.errors import UnknownRecipient, WalletError
from wallet.models import BillSplit, MoneyRequest, Wallet
from wallet.proof.proofs import Means
from wallet.templatetags.screens import money
from wallet.transfers import money_requests, splits
from wallet.transfers.names import person
from wallet.web.access import WalletPage
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.forms.money import AskForm, SplitForm
from wallet.web.money.sending import look_up, name_shown
from wallet.web.words import explain, words_of

_WITH_PEOPLE = ("asker__holder__profile", "payer__holder__profile", "transfer")
_SHOWN = 50


class Requests(WalletPage):
    template = "wallet/money/requests.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        rows = MoneyRequest.objects.select_related(*_WITH_PEOPLE).order_by("-pk")
        received = rows.filter(payer=self.wallet)[:_SHOWN]
        asked = rows.filter(asker=self.wallet)[:_SHOWN]
        return self.show(
            received=[(one, name_shown(person(one.asker.holder))) for one in received],
            asked=[(one, name_shown(person(one.payer.holder))) for one in asked],
        )


class Ask(WalletPage):
    template = "wallet/money/ask.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=AskForm(self.wallet.currency))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AskForm(self.wallet.currency, request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        asked = form.cleaned_data
        try:
            found = look_up(self, asked["payee"])
            if not found.has_wallet:
                raise UnknownRecipient
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        facts = {"payee": asked["payee"], "amount": asked["amount"].to_major()}
        to = name_shown(found.person)
        return confirm(self.drafts.begin("ask", **facts, memo=asked["memo"], to=to))


class Split(WalletPage):
    template = "wallet/money/split.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=SplitForm(self.wallet.currency))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SplitForm(self.wallet.currency, request.POST)
        if not form.is_valid():
            return self.correct(form=form)
        try:
            facts = self._facts(form.cleaned_data)
        except WalletError as error:
            explain(form, error)
            return self.correct(form=form)
        return confirm(self.drafts.begin("split", **facts))

    def _facts(self, asked: dict[str, Any]) -> dict[str, str]:
        others, shown = asked["payees"], []
        splits.shares(total=asked["amount"], others=len(others), with_asker=asked["with_asker"])
        for payee in others:
            found = look_up(self, payee)
            if not found.has_wallet:
                raise UnknownRecipient
            shown.append(name_shown(found.person))
        return {
            "payees": "\n".join(others),
            "to": "\n".join(shown),
            "amount": asked["amount"].to_major(),
            "with_asker": "yes" if asked["with_asker"] else "",
            "memo": asked["memo"],
        }


class SplitDetail(WalletPage):
    template = "wallet/money/split_detail.html"

    def get(self, request: HttpRequest, split_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        split = get_object_or_404(BillSplit, public_id=split_id, asker__holder=self.person)
        rows = list(split.requests.select_related(*_WITH_PEOPLE).order_by("pk"))
        paid = sum(one.amount_minor for one in rows if one.status == MoneyRequest.Status.PAID)
        return self.show(
            split=split,
            paid=Money(paid, split.currency),
            requests=[(one, name_shown(person(one.payer.holder))) for one in rows],
        )


class RequestDetail(WalletPage):
    """One request, as either side sees it; answered by buttons."""

    template = "wallet/money/request.html"

    def get(self, request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        found = self._find(request_id)
        is_mine = found.asker.holder_id == self.person.pk
        other = found.payer if is_mine else found.asker
        return self.show(found=found, is_mine=is_mine, to=name_shown(person(other.holder)))

    def post(self, request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
        found = self._find(request_id)
        is_mine = found.asker.holder_id == self.person.pk
        if not is_mine and request.POST.get("answer") == "pay":
            return confirm(self._paying(found))
        act = money_requests.cancel if is_mine else money_requests.decline
        try:
            act(request=found, at=timezone.now())
        except WalletError as error:
            messages.error(request, words_of(error).text)
        return redirect("wallet:request", found.public_id)

    def _paying(self, found: MoneyRequest) -> Any:
        return self.drafts.begin(
            "pay_request",
            request=str(found.public_id),
            amount=found.amount.to_major(),
            memo=found.memo,
            to=name_shown(person(found.asker.holder)),
        )

    def _find(self, request_id: uuid.UUID) -> MoneyRequest:
        sides = Q(payer__holder=self.person) | Q(asker__holder=self.person)
        rows = MoneyRequest.objects.select_related(*_WITH_PEOPLE).filter(sides)
        return get_object_or_404(rows, public_id=request_id)


def _question(title: str, button: str, wallet: Wallet, facts: dict[str, str]) -> Question:
    amount = Money.from_major(facts["amount"], wallet.currency)
    rows = [(_("Message"), facts["memo"])] if facts["memo"] else []
    to = facts["to"].replace("\n", ", ")
    return Question(title, button, amount=amount, to=to, facts=rows, back="/requests")


def _ask_one(wallet: Wallet, facts: dict[str, str]) -> Question:
    return _question(_("Ask for money"), _("Send the request"), wallet, facts)


def _ask_all(wallet: Wallet, facts: dict[str, str]) -> Question:
    return _question(_("Split a bill"), _("Send the requests"), wallet, facts)


def _ask_pay(wallet: Wallet, facts: dict[str, str]) -> Question:
    amount = Money.from_major(facts["amount"], wallet.currency)
    button = _("Send %(sum)s") % {"sum": money(amount)}
    return _question(_("Pay what was asked for"), button, wallet, facts)


def _do_one(doing: Doing) -> HttpResponse:
    facts, wallet = doing.draft.facts, doing.wallet
    reply = money_requests.ask.once(
        doing.once(lambda made: str(made.public_id)),
        asker=wallet,
        payee=facts["payee"],
        amount=Money.from_major(facts["amount"], wallet.currency),
        memo=facts["memo"],
        at=doing.at,
    )
    return redirect("wallet:request", name_of(reply))


def _do_all(doing: Doing) -> HttpResponse:
    facts, wallet = doing.draft.facts, doing.wallet
    reply = splits.split.once(
        doing.once(lambda made: str(made.public_id)),
        asker=wallet,
        payees=facts["payees"].split("\n"),
        total=Money.from_major(facts["amount"], wallet.currency),
        with_asker=bool(facts["with_asker"]),
        memo=facts["memo"],
        at=doing.at,
    )
    return redirect("wallet:split_detail", name_of(reply))


def _do_pay(doing: Doing) -> HttpResponse:
    mine = MoneyRequest.objects.select_related(*_WITH_PEOPLE).filter(payer__holder=doing.person)
    found = get_object_or_404(mine, public_id=doing.draft.facts["request"])
    reply = money_requests.pay.once(
        doing.once(lambda made: str(made.transfer.public_id if made.transfer else "")),
        request=found,
        proof=doing.prove(),
        at=doing.at,
    )
    return redirect("wallet:transfer", name_of(reply))


register("ask", Deed(_ask_one, _do_one, proof=Means.SESSION))
register("split", Deed(_ask_all, _do_all, proof=Means.SESSION))
register("pay_request", Deed(_ask_pay, _do_pay))
