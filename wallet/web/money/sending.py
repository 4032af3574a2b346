"""Sending money: to a wallet, at once or later, or by a link to somebody who has none."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.money import Money
from wallet import transfers
from wallet.errors import UnknownRecipient, WalletError
from wallet.models import ScheduledTransfer, Transfer, Wallet
from wallet.templatetags.screens import moment, money
from wallet.transfers import claims, payees, schedules
from wallet.transfers.names import Person, person
from wallet.transfers.payees import Found
from wallet.web.access import WalletPage, admit
from wallet.web.confirming import confirm
from wallet.web.deeds import Deed, Doing, Question, name_of, register
from wallet.web.drafts import Draft
from wallet.web.entry.home import held_by
from wallet.web.forms.fields import PayeeField
from wallet.web.forms.money import SendForm
from wallet.web.words import explain, words_of

_WITH_PEOPLE = ("sender__holder__profile", "recipient__holder__profile")


class Send(WalletPage):
    template = "wallet/money/send.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SendForm(self.wallet.currency, initial={"payee": request.GET.get("to", "")[:32]})
        return self._ask(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SendForm(self.wallet.currency, request.POST)
        if not form.is_valid():
            return self._ask(form, is_wrong=True)
        try:
            return confirm(self._draft(form.cleaned_data))
        except WalletError as error:
            explain(form, error)
            return self._ask(form, is_wrong=True)

    def _draft(self, asked: dict[str, Any]) -> Draft:
        payee, amount, due = str(asked["payee"]), asked["amount"], asked["due"]
        found = look_up(self, payee)
        is_link = not found.has_wallet
        if is_link and (payee.startswith("@") or due):
            raise UnknownRecipient
        facts = {"payee": payee, "amount": amount.to_major(), "memo": str(asked["memo"])}
        facts["to"] = name_shown(found.person)
        if isinstance(due, datetime):
            return self.drafts.begin("scheduled_transfer", **facts, due=due.isoformat())
        return self.drafts.begin("claim" if is_link else "transfer", **facts)

    def _ask(self, form: SendForm, *, is_wrong: bool = False) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            **held_by(self.wallet),
            "recent": recent_of(self.wallet),
        }
        return self.correct(**context) if is_wrong else self.show(**context)


class PayeeCheck(WalletPage):
    """Says who would be paid, while the form is still being filled in."""

    template = "wallet/money/payee.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            payee = PayeeField().clean(request.POST.get("payee", ""))
        except Exception:  # noqa: BLE001 - not yet a whole number; the form itself will say so.
            return self.show(found=None)
        try:
            found = look_up(self, payee)
        except WalletError as error:
            return self.show(found=None, says=words_of(error).text)
        return self.show(found=found, shown=name_shown(found.person), is_phone=payee[0] != "@")


class TransferDetail(WalletPage):
    template = "wallet/money/transfer.html"

    def get(self, request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        mine = Q(sender__holder=self.person) | Q(recipient__holder=self.person)
        rows = Transfer.objects.select_related(*_WITH_PEOPLE).filter(mine)
        found = get_object_or_404(rows, public_id=transfer_id)
        is_sent = found.sender.holder_id == self.person.pk
        other = found.recipient if is_sent else found.sender
        to = name_shown(person(other.holder))
        return self.show(transfer=found, is_sent=is_sent, to=to)


class Schedules(WalletPage):
    template = "wallet/money/schedules.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        rows = ScheduledTransfer.objects.filter(sender=self.wallet)
        rows = rows.select_related("recipient__holder__profile", "transfer")
        shown = [
            (one, name_shown(person(one.recipient.holder))) for one in rows.order_by("-pk")[:50]
        ]
        return self.show(schedules=shown)


class ScheduleCancel(WalletPage):
    def post(self, request: HttpRequest, scheduled_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        mine = ScheduledTransfer.objects.filter(sender__holder=self.person)
        found = get_object_or_404(mine, public_id=scheduled_id)
        if found.status == ScheduledTransfer.Status.SCHEDULED:
            schedules.cancel(scheduled=found, at=timezone.now())
        return redirect("wallet:schedules")


def look_up(page: WalletPage, payee: str) -> Found:
    """Return who is meant; see Note [Misses] about how often one may ask.

    Raises:
        TooManyLookups: the person was wrong too often today.

    """
    admit(page.request, "payees")
    currency = page.wallet.currency
    return payees.look_up(user=page.person, payee=payee, currency=currency, at=timezone.now())


def name_shown(of: Person) -> str:
    """Return a person as others see them: ``김*지 · +82********78``."""
    return " · ".join(part for part in (of.name, of.phone) if part)


def recent_of(wallet: Wallet) -> list[tuple[str, str]]:
    """Return whom the wallet paid lately: a number to fill in, and the name shown for it."""
    rows = Transfer.objects.filter(sender=wallet).select_related("recipient__holder__profile")
    found: dict[str, str] = {}
    for transfer in rows.order_by("-pk")[:20]:
        holder = transfer.recipient.holder
        profile = getattr(holder, "profile", None)
        payee = f"@{profile.handle}" if profile and profile.handle else holder.phone
        found.setdefault(payee, name_shown(person(holder)))
    return list(found.items())[:4]


def _ask(wallet: Wallet, facts: dict[str, str]) -> Question:
    amount = Money.from_major(facts["amount"], wallet.currency)
    rows = [(_("Message"), facts["memo"])] if facts["memo"] else []
    note = warning = ""
    if "due" in facts:
        rows.append((_("When"), moment(datetime.fromisoformat(facts["due"]))))
        note = _("You can cancel it until then.")
    return Question(
        title=_("Send money"),
        button=_("Send %(sum)s") % {"sum": money(amount)},
        amount=amount,
        to=facts["to"],
        facts=rows,
        note=note,
        warning=warning,
        back="/send",
    )


def _ask_link(wallet: Wallet, facts: dict[str, str]) -> Question:
    amount = Money.from_major(facts["amount"], wallet.currency)
    return Question(
        title=_("Send by link"),
        button=_("Send %(sum)s") % {"sum": money(amount)},
        amount=amount,
        to=facts["to"],
        facts=[(_("Message"), facts["memo"])] if facts["memo"] else [],
        warning=_(
            "This number has no wallet yet. The money waits three days for whoever signs up with"
            " it; you can take it back until then."
        ),
        back="/send",
    )


def _send(doing: Doing) -> HttpResponse:
    reply = transfers.send.once(
        doing.once(lambda made: str(made.public_id)),
        sender=doing.wallet,
        **_said(doing),
        payee=doing.draft.facts["payee"],
        proof=doing.prove(),
        at=doing.at,
    )
    return redirect("wallet:transfer", name_of(reply))


def _schedule(doing: Doing) -> HttpResponse:
    schedules.schedule.once(
        doing.once(lambda made: str(made.public_id)),
        sender=doing.wallet,
        **_said(doing),
        payee=doing.draft.facts["payee"],
        due_at=datetime.fromisoformat(doing.draft.facts["due"]),
        proof=doing.prove(),
        at=doing.at,
    )
    return redirect("wallet:schedules")


def _open_claim(doing: Doing) -> HttpResponse:
    reply = claims.open_claim.once(
        doing.once(lambda made: str(made.public_id)),
        sender=doing.wallet,
        **_said(doing),
        phone=doing.draft.facts["payee"],
        proof=doing.prove(),
        at=doing.at,
    )
    return redirect("wallet:claim", name_of(reply))


def _said(doing: Doing) -> dict[str, Any]:
    facts = doing.draft.facts
    return {
        "amount": Money.from_major(facts["amount"], doing.wallet.currency),
        "memo": facts["memo"],
    }


register("transfer", Deed(_ask, _send))
register("scheduled_transfer", Deed(_ask, _schedule))
register("claim", Deed(_ask_link, _open_claim))
