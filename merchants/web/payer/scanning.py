"""From a code to a question: scanned by camera, read from a photo, or typed."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from ledger.money import Money
from merchants import store_codes
from merchants.codes.pictures.images import MAX_IMAGE_BYTES, read_image
from merchants.errors import ImageWithoutCode, MerchantError
from merchants.models import Payment, Store
from merchants.payments import orders
from merchants.states import PAID
from merchants.store_codes import Asked
from merchants.web.payer.forms import AmountForm, ScanForm, TipForm
from merchants.web.payer.till_codes import begin_till_payment, is_till_code
from merchants.web.payer.words import explain_code
from wallet.web.access import WalletPage
from wallet.web.confirming import confirm
from wallet.web.entry.home import held_by
from wallet.web.words import explain


class Scan(WalletPage):
    template = "payer/scan.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self.show(form=ScanForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ScanForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.correct(form=form)
        payload = form.cleaned_data["payload"]
        try:
            payload = payload or _read(form.cleaned_data["picture"])
            return self._follow(payload)
        except MerchantError as error:
            if payload:
                form.add_error("payload", explain_code(payload, error))
            else:
                explain(form, error)
            return self.correct(form=form)

    def _follow(self, payload: str) -> HttpResponse:
        """Lead to the next question: how much, or whether to pay."""
        if is_till_code(payload):
            return begin_till_payment(self, payload)
        payload = payload.strip()
        waiting = store_codes.payment_of(payload)
        if waiting is None:
            store = store_codes.store_of(payload).store
            draft = self.drafts.begin("amount", payload=payload, store=store.public_id)
            return redirect("payer:amount", draft.key)
        waiting = orders.look(number=waiting.number, at=timezone.now())
        if waiting.state in PAID and waiting.wallet_id == self.wallet.pk:
            return redirect("payer:payment", waiting.number)
        if store_codes.asked_by(waiting).tip is not None:
            return redirect("payer:tip", waiting.number)
        return confirm(begin_payment(self, waiting))


class Amount(WalletPage):
    """How much: a printed code leaves it to the payer."""

    template = "payer/amount.html"

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        _, asked = self._asked(key)
        return self.show(form=AmountForm(asked), **self._around(asked))

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        payload, asked = self._asked(key)
        form = AmountForm(asked, request.POST)
        if not form.is_valid():
            return self.correct(form=form, **self._around(asked))
        store = asked.store
        return confirm(
            self.drafts.begin(
                "payment", payload=payload, store=store.name, city=store.city, **form.facts()
            )
        )

    def _asked(self, key: uuid.UUID) -> tuple[str, Asked]:
        payload = self.drafts.get(key).facts["payload"]
        return payload, store_codes.store_of(payload)

    def _around(self, asked: Asked) -> dict[str, Any]:
        currency, store = asked.store.merchant.currency, asked.store
        added = store_codes.tip_document(asked.tip, currency)
        known = paid_before(self, store)
        return {"store": store, "known": known, "added": added, **held_by(self.wallet)}


class Tip(WalletPage):
    """How much to add: a till that asks for a tip leaves it to the payer."""

    template = "payer/tip.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG002
        waiting = orders.look(number=number, at=timezone.now())
        if waiting.wallet_id == self.wallet.pk:
            return redirect("payer:payment", number)
        return self._page(waiting, TipForm(waiting.amount))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        waiting = orders.look(number=number, at=timezone.now())
        form = TipForm(waiting.amount, request.POST)
        if not form.is_valid():
            return self._page(waiting, form, is_wrong=True)
        return confirm(begin_payment(self, waiting, added=form.tip()))

    def _page(self, waiting: Payment, form: TipForm, *, is_wrong: bool = False) -> HttpResponse:
        context = {"form": form, "payment": waiting, **held_by(self.wallet)}
        return self.correct(**context) if is_wrong else self.show(**context)


def begin_payment(page: WalletPage, waiting: Payment, *, added: Money | None = None) -> Any:
    """Begin the draft of a payment that a till asked for, with the tip that the payer adds."""
    store, amount, tip = waiting.store, waiting.amount, waiting.tip
    if added is not None:
        amount, tip = amount + added, tip + added
    return page.drafts.begin(
        "payment",
        number=waiting.number,
        amount=amount.to_major(),
        tip=tip.to_major() if tip.minor else "",
        added=added.to_major() if added is not None and added.minor else "",
        currency=waiting.currency,
        memo=waiting.memo,
        store=store.name if store else "",
        city=store.city if store else "",
        bill=waiting.bill_number,
    )


def paid_before(page: WalletPage, store: Store) -> bool:
    """Tell whether the wallet paid at a store before."""
    return Payment.objects.filter(wallet=page.wallet, store=store, state__in=PAID).exists()


def _read(picture: Any) -> str:
    """Return the first code in a picture.

    Raises:
        ImageTooLarge, ImageUnreadable, ImageWithoutCode: there is none to be read.

    """
    found = read_image(picture.read(MAX_IMAGE_BYTES + 1))
    if not found:
        raise ImageWithoutCode
    return found[0]
