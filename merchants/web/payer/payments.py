"""Paying, and what became of a payment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.money import Money
from merchants import store_codes
from merchants.models import Payment
from merchants.payments import cancelling, orders
from merchants.payments.numbers import match_code
from merchants.payments.paying import Bill, pay
from merchants.payments.receipts import receipt_of
from merchants.payments.tips import checked_answers, checked_tip
from merchants.printing.receipts import receipt_pdf
from merchants.states import OPEN, PAID
from merchants.web.payer.forms import answers_in
from merchants.web.payer.scanning import begin_payment
from wallet.idempotency import Reply
from wallet.models import Wallet
from wallet.templatetags.screens import language, money
from wallet.web.access import WalletPage, is_part
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.reading.activity import pdf


class PaymentPage(WalletPage):
    template = "payer/payment.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        payment = self.find(number)
        template = "payer/payment_state.html" if is_part(request) else self.template
        return self.show(
            template=template,
            payment=payment,
            match=match_code(payment.number),
            is_open=payment.state in OPEN,
            is_paid=payment.state in PAID,
        )

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Answer what a till charged: lead to the confirmation, or decline."""
        payment = self.find(number)
        if request.POST.get("answer") == "pay":
            return confirm(begin_payment(self, payment))
        cancelling.decline(number=number, wallet=self.wallet, at=timezone.now())
        return redirect("payer:payment", number)

    def find(self, number: str) -> Payment:
        """Return a payment of the person; anybody else's is not found."""
        rows = Payment.objects.select_related("store", "merchant", "wallet")
        return get_object_or_404(rows, number=number, wallet__holder=self.person)


class ReceiptPdf(WalletPage):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG002
        rows = Payment.objects.select_related("store", "merchant", "wallet")
        found = get_object_or_404(rows, number=number, wallet__holder=self.person)
        printed = receipt_pdf(receipt_of(found), side="payer", language=language())
        return pdf(printed, f"receipt-{found.number}")


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    amount = Money.from_major(facts["amount"], facts["currency"])
    rows = [(_("City"), facts["city"])]
    if (tip := _money(facts, "tip")) is not None:
        rows.append((_("Tip, in the amount"), money(tip)))
    bill = facts.get("bill") or answers_in(facts).get("bill_number")
    rows += [(_("Bill"), bill)] if bill else []
    rows += [(_("Note"), facts["memo"])] if facts["memo"] else []
    return Question(
        title=_("Pay this store"),
        button=_("Pay %(sum)s") % {"sum": money(amount)},
        amount=amount,
        to=facts["store"],
        facts=rows,
        back="/scan",
        seal="shield",
    )


def _do(doing: Doing) -> HttpResponse:
    facts = doing.draft.facts
    reply = _confirm(doing) if "number" in facts else _pay(doing)
    return redirect("payer:payment", name_of(reply))


def _confirm(doing: Doing) -> Reply:
    return orders.confirm.once(
        doing.once(lambda made: made.number),
        number=doing.draft.facts["number"],
        wallet=doing.wallet,
        proof=doing.prove(),
        tip=_money(doing.draft.facts, "added"),
        at=doing.at,
    )


def _pay(doing: Doing) -> Reply:
    facts = doing.draft.facts
    amount = Money.from_major(facts["amount"], facts["currency"])
    asked = store_codes.store_of(facts["payload"])
    bill = Bill(
        amount=amount,
        tip_minor=checked_tip(asked.tip, amount=amount, given=_money(facts, "tip")),
        answers=checked_answers(asked.prompts, answers_in(facts)),
        memo=facts["memo"],
    )
    return pay.once(
        doing.once(lambda made: made.number),
        wallet=doing.wallet,
        store=asked.store,
        bill=bill,
        proof=doing.prove(),
        at=doing.at,
    )


def _money(facts: dict[str, str], name: str) -> Money | None:
    return Money.from_major(facts[name], facts["currency"]) if facts.get(name) else None


register("payment", Deed(_ask, _do))
