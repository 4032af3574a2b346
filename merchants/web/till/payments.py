"""Payments at a till: what became of one, the last ones, cancelling, giving back."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.errors import LedgerError
from ledger.money import Money
from merchants.access.permissions import Permission
from merchants.codes.pictures.images import draw_svg
from merchants.errors import MerchantError, RefundAboveLimit, RefundTooLarge
from merchants.models import Payment
from merchants.payments import cancelling, refunds
from merchants.payments.finding import payments
from merchants.payments.numbers import match_code
from merchants.premises.takings import day_began
from merchants.states import OPEN, PAID, PaymentState
from merchants.store_codes import order_code
from merchants.web.till.access import TillPage
from wallet.errors import WalletError
from wallet.web.access import is_part
from wallet.web.forms.fields import AmountField, MemoField
from wallet.web.words import explain

LAST = 20
_REFUND_NO = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_ENDING = re.compile(r"[0-9]{1,20}", re.ASCII)


class RefundForm(forms.Form):
    reason = MemoField(label=__("Reason (the customer reads it)"))

    def __init__(self, currency: str, given: Any = None, **more: Any) -> None:
        super().__init__(given, **more)
        self.fields["amount"] = AmountField(currency, label=__("How much to give back"))


class Payments(TillPage):
    """The last twenty; or those whose number ends in some digits."""

    template = "till/payments.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        ending = request.GET.get("q", "").strip()
        rows = seen(self).order_by("-created_at", "-pk")
        if ending:
            is_number = _ENDING.fullmatch(ending)
            rows = rows.filter(number__endswith=ending) if is_number else rows.none()
        return self.show(payments=rows[:LAST], q=ending[:20])


class PaymentPage(TillPage):
    template = "till/payment.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        payment, at = self.find(number), timezone.now()
        if is_part(request) and request.GET.get("known") == known(payment, at):
            return HttpResponse(status=204)
        template = "till/payment_state.html" if is_part(request) else self.template
        return self.show(template=template, **described(self, payment, at))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Cancel: what is unpaid is closed; what was paid today comes back, once that is sure."""
        payment, at = self.find(number), timezone.now()
        if not may_cancel(self, payment, at):
            return redirect("till:payment", number)
        if payment.state in PAID and "sure" not in request.POST:
            return self.show(template="till/cancel.html", payment=payment)
        done = cancelling.cancel(
            merchant=self.store.merchant,
            order_no=payment.merchant_order_no or "",
            stores=frozenset({self.store.pk}),
            at=at,
        )
        if done.action == cancelling.Action.REFUND:
            messages.success(request, _("Cancelled. The customer has the money back."))
        return redirect("till:payment", number)

    def find(self, number: str) -> Payment:
        """Return a payment of this store; anybody else's is not found."""
        return get_object_or_404(seen(self), number=number)


class RefundPage(TillPage):
    """Gives money back: how much, a second look, and done once."""

    needs = Permission.REFUNDS_WRITE
    template = "till/refund.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG002
        payment = get_object_or_404(seen(self), number=number)
        form = RefundForm(payment.currency, initial={"amount": f"{payment.left.minor:,}"})
        return self._page(payment, form)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        payment = get_object_or_404(seen(self), number=number)
        form = RefundForm(payment.currency, request.POST)
        if not form.is_valid():
            return self._page(payment, form, is_wrong=True)
        asked = form.cleaned_data
        try:
            if "sure" not in request.POST:
                self._require_within(payment, asked["amount"])
                return self._page(payment, form, sure=asked["amount"])
            self._give_back(payment, asked["amount"], asked["reason"])
        except (MerchantError, WalletError, LedgerError) as error:
            explain(form, error)
            return self._page(payment, form, is_wrong=True)
        messages.success(request, _("The customer has the money."))
        return redirect("till:payment", number)

    def _give_back(self, payment: Payment, amount: Money, reason: str) -> None:
        self._require_within(payment, amount)
        refunds.refund(
            merchant=self.store.merchant,
            number=payment.number,
            refund_no=self._number(),
            amount=amount,
            reason=reason,
            at=timezone.now(),
        )

    def _require_within(self, payment: Payment, amount: Money) -> None:
        limit = self.principal.refund_limit(payment.store_id or 0)
        if limit is not None and amount.minor > limit:
            raise RefundAboveLimit
        if amount.minor > payment.left.minor:
            raise RefundTooLarge

    def _number(self) -> str:
        """Return the refund's number, which came with the form: sent twice it is one refund."""
        given = self.request.POST.get("refund_no", "")
        return given if _REFUND_NO.fullmatch(given) else f"till-{uuid.uuid4().hex}"

    def _page(
        self, payment: Payment, form: RefundForm, *, is_wrong: bool = False, sure: Any = None
    ) -> HttpResponse:
        limit = self.principal.refund_limit(self.store.pk)
        context = {
            "payment": payment,
            "form": form,
            "sure": sure,
            "refund_no": self.request.POST.get("refund_no") or f"till-{uuid.uuid4().hex}",
            "limit": None if limit is None else Money(limit, payment.currency),
        }
        return self.correct(**context) if is_wrong else self.show(**context)


def seen(page: TillPage) -> QuerySet[Payment]:
    """Return the payments of the till's store; not yet queried."""
    return payments().filter(store=page.store)


def described(page: TillPage, payment: Payment, at: datetime) -> dict[str, Any]:
    """Return what the page of a payment shows."""
    is_open = payment.state in OPEN and not _is_over(payment, at)
    shows_code = is_open and payment.presented == Payment.Presented.DYNAMIC
    code = draw_svg(order_code(payment, page.store)) if shows_code else b""
    return {
        "payment": payment,
        "known": known(payment, at),
        "match": match_code(payment.number),
        "is_open": is_open,
        "is_paid": payment.state in PAID and payment.state != PaymentState.REFUNDED,
        "may_refund": payment.state in PAID and payment.left.minor > 0,
        "may_cancel": may_cancel(page, payment, at),
        "qr": base64.b64encode(code).decode(),
    }


def known(payment: Payment, at: datetime) -> str:
    """Return what the page of a payment depends on, so that nothing new is nothing to draw."""
    return f"{payment.state}{'-over' if _is_over(payment, at) else ''}"


def _is_over(payment: Payment, at: datetime) -> bool:
    return payment.expires_at is not None and at >= payment.expires_at


def may_cancel(page: TillPage, payment: Payment, at: datetime) -> bool:
    """Tell whether the till still makes it not have happened: unpaid, or paid today."""
    if payment.merchant_order_no is None:
        return False
    if payment.state in OPEN:
        return True
    paid_today = payment.paid_at is not None and payment.paid_at >= day_began(page.store, at)
    return payment.state in PAID and paid_today and payment.left.minor > 0
