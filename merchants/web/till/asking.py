"""Asking for money: the keypad, the code to show, the customer's code to read."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.errors import LedgerError
from ledger.money import Money
from merchants.access.audits import name_of
from merchants.codes.pictures.images import read_image
from merchants.errors import ImageWithoutCode, MerchantError, OrderConflict
from merchants.models import Payment, Store
from merchants.payments import orders
from merchants.payments.charging.presenting import charge_code
from merchants.payments.finding import payments
from merchants.payments.numbers import match_code
from merchants.payments.paying import Bill
from merchants.premises.takings import order_prefix, paid_since
from merchants.states import OPEN
from merchants.web.till.access import TillPage
from wallet.errors import WalletError
from wallet.idempotency import Once, Reply, Request
from wallet.web.forms.fields import AmountField
from wallet.web.words import explain

_CODE = re.compile(r"[0-9]{20}", re.ASCII)
_ORDER_NO = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NEWS_FOR, _MOST_NEWS = timedelta(minutes=5), 4
_DECLINES = (WalletError, LedgerError, MerchantError)


class AskForm(forms.Form):
    def __init__(self, currency: str, given: Any = None) -> None:
        super().__init__(given)
        self.fields["amount"] = AmountField(currency)
        self.fields["amount"].widget.attrs["placeholder"] = "0"


class CodeForm(forms.Form):
    """The code on a customer's telephone: scanned into the field, typed, or in a picture."""

    payload = forms.RegexField(
        r"^[0-9 ]{20,30}\Z",
        label=__("The customer's code"),
        required=False,
        error_messages={"invalid": __("A customer's code has twenty digits.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}
        ),
    )
    picture = forms.FileField(required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))

    def code(self) -> str:
        """Return the digits, typed or read from the picture; "" where neither has any.

        Raises:
            ImageUnreadable, ImageTooLarge, ImageWithoutCode: of the picture.

        """
        given = self.cleaned_data
        if given.get("picture") and not given["payload"]:
            found = read_image(given["picture"].read())
            if not found:
                raise ImageWithoutCode
            return found[0]
        return str(given["payload"]).replace(" ", "")


class Keypad(TillPage):
    template = "till/keypad.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        if self.shift is None:
            return redirect("till:shift")
        return self._page(AskForm(self.store.merchant.currency))

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.shift is None:
            return redirect("till:shift")
        form = AskForm(self.store.merchant.currency, request.POST)
        if not form.is_valid():
            return self._page(form, is_wrong=True)
        amount = form.cleaned_data["amount"]
        order_no = _own(self, request.POST.get("order_no", "")) or new_order(self)
        if request.POST.get("code"):  # a scanner wedged it in
            code = CodeForm({"payload": request.POST["code"]})
            return read_and_charge(self, code, amount, order_no)
        if request.POST.get("how") == "scan":
            return redirect(scan_address(amount, order_no))
        made = self._ask(amount, order_no, timezone.now())
        return redirect("till:payment", made.number)

    def _ask(self, amount: Money, order_no: str, at: datetime) -> Payment:
        """Ask under a number; one that somebody paid, or for another sum, is no longer free."""
        asks_tip = self.store.tip_rule == Store.TipRule.PROMPT
        bill = Bill(amount=amount, merchant_order_no=order_no, asks_tip=asks_tip)
        try:
            found = orders.ask(store=self.store, bill=bill, at=at)
        except OrderConflict:
            return self._ask(amount, new_order(self), at)
        return found if found.state in OPEN else self._ask(amount, new_order(self), at)

    def _page(self, form: AskForm, *, is_wrong: bool = False) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            "order_no": new_order(self),
            "keys": "123456789",
            "news": news_of(self, timezone.now()),
            "shift": self.shift,
        }
        return self.correct(**context) if is_wrong else self.show(**context)


class News(TillPage):
    """What was paid just now, whoever asked for it; nothing where that is known."""

    template = "till/news.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = news_of(self, timezone.now())
        last = found[0]["payment"].number if found else ""
        if request.GET.get("last", "") == last:
            return HttpResponse(status=204)
        return self.show(news=found)


class Scan(TillPage):
    """Reads the customer's code, and charges it."""

    template = "till/scan.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        known = self._known()
        if known is not None:
            return redirect("till:payment", known.number)
        amount = self._amount()
        if amount is None:
            return redirect("till:keypad")
        return self.show(form=CodeForm(), amount=amount, action=request.get_full_path())

    def post(self, request: HttpRequest) -> HttpResponse:
        amount, order_no = self._amount(), _own(self, request.GET.get("order", ""))
        if amount is None or not order_no or self.shift is None:
            return redirect("till:keypad")
        form = CodeForm(request.POST, request.FILES)
        return read_and_charge(self, form, amount, order_no)

    def _known(self) -> Payment | None:
        order_no = _own(self, self.request.GET.get("order", ""))
        rows = payments().filter(merchant=self.store.merchant, store=self.store)
        return rows.filter(merchant_order_no=order_no).first() if order_no else None

    def _amount(self) -> Money | None:
        form = AskForm(self.store.merchant.currency, self.request.GET)
        return form.cleaned_data["amount"] if form.is_valid() else None


def read_and_charge(page: TillPage, form: CodeForm, amount: Money, order_no: str) -> HttpResponse:
    """Charge the code in a form, once for its order; or show what to correct."""
    try:
        code = form.code() if form.is_valid() else ""
        if not form.errors and not _CODE.fullmatch(code):
            form.add_error("payload", _("A customer's code has twenty digits."))
        if not form.errors:
            return redirect("till:payment", _charge(page, code, amount, order_no))
    except _DECLINES as error:
        explain(form, error)
    action = scan_address(amount, order_no)
    return page.correct(template="till/scan.html", form=form, amount=amount, action=action)


def _charge(page: TillPage, code: str, amount: Money, order_no: str) -> str:
    request = Request.of(
        principal=f"merchant:{page.store.merchant_id}:{name_of(page.person)}",
        operation="web.till.charge",
        key=order_no,
        content=[page.store.public_id, str(amount), code],
    )
    asked: Once[Payment] = Once(
        request,
        render=lambda made: Reply(201, {"number": made.number}),
        decline=lambda _exc: None,
    )
    reply = charge_code(
        asked,
        code=code,
        store=page.store,
        bill=Bill(amount=amount, merchant_order_no=order_no),
        time_out=orders.TIME_OUT,
        at=timezone.now(),
    )
    return str(reply.body["number"])


def scan_address(amount: Money, order_no: str) -> str:
    """Return where the customer's code for an order is read."""
    return f"/till/scan?{urlencode({'order': order_no, 'amount': amount.to_major()})}"


def new_order(page: TillPage) -> str:
    """Return an order number of this till that nobody has."""
    return order_prefix(page.terminal) + secrets.token_hex(8)


def news_of(page: TillPage, at: datetime) -> list[dict[str, Any]]:
    """Return what the store was paid in the last minutes, newest first."""
    rows = paid_since(page.store, at - _NEWS_FOR).order_by("-paid_at", "-pk")[:_MOST_NEWS]
    return [{"payment": row, "match": match_code(row.number)} for row in rows]


def _own(page: TillPage, order_no: str) -> str:
    is_own = order_no.startswith(order_prefix(page.terminal))
    return order_no if is_own and _ORDER_NO.fullmatch(order_no) else ""
