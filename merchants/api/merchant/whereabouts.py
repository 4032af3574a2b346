"""Where a payment's money is: its settlement, its payout, the line on the bank's statement."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.money import Money
from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.models import Payment
from merchants.reconciliation.tracing import Trace, Where, trace
from wallet.api.fields import MoneyField


class SettlementStep(serializers.Serializer[Any]):
    id = serializers.CharField()
    line_no = serializers.IntegerField(help_text="The payment's line in the settlement it is in")
    business_date = serializers.DateField()
    state = serializers.CharField()
    due_on = serializers.DateField()
    net = MoneyField(help_text="What of the payment is left after fee and VAT")


class PayoutStep(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="The reference on your bank's statement")
    state = serializers.CharField()
    amount = MoneyField()
    bank_account = serializers.CharField(help_text="Its last four digits")
    submitted_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)


class BankStep(serializers.Serializer[Any]):
    booked_on = serializers.DateField()
    reference = serializers.CharField()


class WhereaboutsResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    where = serializers.ChoiceField(choices=[one.value for one in Where])
    reason = serializers.CharField()
    next_on = serializers.DateField(
        allow_null=True, help_text="When the next step is expected; null where none is"
    )
    settlement = SettlementStep(allow_null=True)
    payout = PayoutStep(allow_null=True)
    bank = BankStep(allow_null=True)


def described(found: Trace) -> dict[str, Any]:
    """Return the parts of an answer."""
    return {
        "number": found.payment.number,
        "where": found.where.value,
        "reason": found.reason,
        "next_on": found.next_on,
        "settlement": _settlement(found),
        "payout": _payout(found),
        "bank": found.line
        and {"booked_on": found.line.booked_on, "reference": found.line.bank_reference},
    }


def _settlement(found: Trace) -> dict[str, Any] | None:
    if found.settlement is None or found.item is None:
        return None
    return {
        "id": str(found.settlement.pk),
        "line_no": found.item.line_no,
        "business_date": found.settlement.business_date,
        "state": found.settlement.state,
        "due_on": found.settlement.due_on,
        "net": Money(found.item.net_minor, found.settlement.currency),
    }


def _payout(found: Trace) -> dict[str, Any] | None:
    payout = found.settlement and found.settlement.payout
    if not payout:
        return None
    return {
        "number": payout.number,
        "state": payout.state,
        "amount": payout.amount,
        "bank_account": payout.bank_account.masked,
        "submitted_at": payout.submitted_at,
        "paid_at": payout.paid_at,
        "returned_at": payout.returned_at,
    }


class PaymentWhereabouts(MerchantView):
    needs = {"GET": Permission.SETTLEMENTS_READ}

    @extend_schema(operation_id="where_is_payment", responses=WhereaboutsResponse)
    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        seen = Payment.objects.select_related("merchant").filter(
            merchant=self.principal.merchant,
            store__in=self.principal.stores(Permission.SETTLEMENTS_READ),
        )
        found = trace(payment=get_object_or_404(seen, number=number), at=timezone.now())
        return Response(WhereaboutsResponse(described(found)).data)
