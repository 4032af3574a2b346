"""Paying a till that has no network: its code is paid here, and shown what proves it."""

from __future__ import annotations

import base64
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.money import Money
from merchants.codes.pictures.images import draw_svg
from merchants.models import TillNonce
from merchants.offline.paying import pay_till, read_till_code, receipted
from merchants.offline.wire.asks import PREFIX, TillCode
from wallet.models import Wallet
from wallet.templatetags.screens import money
from wallet.web.access import WalletPage
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, register


def is_till_code(payload: str) -> bool:
    """Tell whether this is the code of a till without a network."""
    return payload.startswith(PREFIX)


def begin_till_payment(page: WalletPage, payload: str) -> HttpResponse:
    """Lead to the question whether to pay what a till asks for.

    Raises:
        OfflineRefused: it is not genuine, too old, or of a till that is no more.

    """
    asked = read_till_code(payload, at=timezone.now())
    facts = {"amount": asked.amount.to_major(), "currency": asked.ask.currency}
    store = asked.store
    draft = page.drafts.begin(
        "till_payment", payload=payload, store=store.name, city=store.city, **facts
    )
    return confirm(draft)


class TillReceipt(WalletPage):
    """What the payer shows the till: a code that it checks, and six digits that say the same."""

    template = "payer/till_receipt.html"

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        code = TillCode.read(self.drafts.get(key).facts["payload"])
        rows = TillNonce.objects.select_related("till", "payment__store")
        nonce = get_object_or_404(
            rows,
            till__till_id=code.certificate.till_id,
            nonce=code.ask.nonce,
            payment__wallet=self.wallet,
        )
        if nonce.payment is None:
            return redirect("wallet:home")
        shown = receipted(nonce.payment, till=nonce.till, ask=code.ask)
        return self.show(
            payment=nonce.payment,
            digits=f"{shown.digits[:3]} {shown.digits[3:]}",
            qr=base64.b64encode(draw_svg(shown.receipt)).decode(),
        )


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:  # noqa: ARG001 - as deeds are asked
    amount = Money.from_major(facts["amount"], facts["currency"])
    return Question(
        title=_("Pay this store"),
        button=_("Pay %(sum)s") % {"sum": money(amount)},
        amount=amount,
        to=facts["store"],
        facts=[(_("City"), facts["city"])],
        note=_("The till has no network. Show it the receipt that you get."),
        back="/scan",
        seal="shield",
    )


def _do(doing: Doing) -> HttpResponse:
    pay_till.once(
        doing.once(lambda made: made.payment.number),
        wallet=doing.wallet,
        payload=doing.draft.facts["payload"],
        proof=doing.prove(),
        at=doing.at,
    )
    return redirect("payer:till_receipt", doing.draft.key)


register("till_payment", Deed(_ask, _do))
