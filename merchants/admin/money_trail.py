"""A payment and a payout as cards: what they are, and where their money is."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from merchants.admin.lines import money
from merchants.admin.looking import Card
from merchants.admin.showing import amount, on
from merchants.admin.words import WHERE, reason_of
from merchants.models import Payment, Payout, Refund, Settlement
from merchants.reconciliation.tracing import Trace


def payout_cards(row: Payout, site_name: str) -> list[Card]:
    """Return where a payout goes, what happened to it, and what it pays."""
    return [
        Card(_("Where it goes"), facts=_where(row)),
        Card(_("What happened"), facts=_steps(row)),
        _settled(row, site_name),
    ]


def _where(row: Payout) -> list[tuple[object, object]]:
    account = row.bank_account
    return [
        (_("Bank account"), f"{account.bank_code} {account.masked}"),
        (_("In the name of"), account.holder_name),
        (_("End-to-end id"), row.number),
        (_("The bank's reference"), row.bank_reference or "\N{EN DASH}"),
    ]


def _steps(row: Payout) -> list[tuple[object, object]]:
    steps = (
        (_("Made"), row.created_at),
        (_("Handed to the bank"), row.submitted_at),
        (_("Taken by the bank"), row.accepted_at),
        (_("Paid"), row.paid_at),
        (_("Came back"), row.returned_at),
    )
    return [(name, on(at)) for name, at in steps if at is not None]


def _settled(row: Payout, site_name: str) -> Card:
    paid = Settlement.objects.filter(payout=row).order_by("pk")
    rows = [
        (
            format_html(
                '<a href="{}">{}</a>',
                reverse(f"{site_name}:merchants_settlement_change", args=[one.pk]),
                on(one.business_date),
            ),
            one.payment_count,
            money(one.payout_minor, one.currency),
        )
        for one in paid
    ]
    heads = (_("Business day"), _("Payments"), _("Paid out"))
    return Card(_("What it pays"), heads=heads, rows=rows)


def payment_cards(row: Payment) -> list[Card]:
    """Return what a payment is, and what was given back of it."""
    return [Card(_("About it"), facts=_facts(row)), _refunds(row)]


def _facts(row: Payment) -> list[tuple[object, object]]:
    return [
        (_("Store"), row.store or "\N{EN DASH}"),
        (_("Order"), row.merchant_order_no or "\N{EN DASH}"),
        (_("Made"), on(row.created_at)),
        (_("Paid"), on(row.paid_at)),
        (_("Captured"), amount(row.captured_minor, row.currency)),
        (_("Tip"), amount(row.tip_minor, row.currency)),
        (_("Fee"), amount(row.fee_minor, row.currency)),
        (_("Given back"), amount(row.refunded_minor, row.currency)),
        (_("Contested"), amount(row.disputed_minor, row.currency)),
    ]


def _refunds(row: Payment) -> Card:
    given = Refund.objects.filter(payment=row).order_by("pk")
    rows = [(r.number, on(r.refunded_at), money(r.amount_minor, row.currency)) for r in given]
    return Card(_("Refunds"), heads=(_("No."), _("When"), _("Amount")), rows=rows)


def whereabouts(found: Trace, site_name: str) -> Card:
    """Return where a payment's money is, and the way there."""
    facts: list[tuple[object, object]] = [(_("Next step"), on(found.next_on))]
    settlement = found.settlement
    if settlement is not None:
        address = reverse(f"{site_name}:merchants_settlement_change", args=[settlement.pk])
        day = on(settlement.business_date)
        facts.append((_("Settlement"), format_html('<a href="{}">{}</a>', address, day)))
        if settlement.hold_reason:
            facts.append((_("Why"), reason_of(settlement.hold_reason)))
        if settlement.payout is not None:
            address = reverse(f"{site_name}:merchants_payout_change", args=[settlement.payout.pk])
            number = settlement.payout.number
            facts.append((_("Payout"), format_html('<a href="{}">{}</a>', address, number)))
    if found.line is not None:
        facts.append((_("On the bank's statement"), on(found.line.booked_on)))
    return Card(_("Where the money is"), facts=facts, note=WHERE[found.where.value])
