"""The documents of disputes, which both sides read."""

from __future__ import annotations

import base64
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from merchants.disputes.evidence import Shown
from merchants.models import Dispute, DisputeEvidence
from merchants.models.disputes import MAX_FILE_BYTES, TEXT_LENGTH
from merchants.states import DisputeState
from wallet.api.fields import MoneyField
from wallet.api.payees import CleanTextField

_MOST_BASE64 = MAX_FILE_BYTES * 4 // 3 + 4


class Base64Field(serializers.CharField):
    """The bytes of a small file."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=_MOST_BASE64, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        try:
            return base64.b64decode(super().to_internal_value(data).encode("ascii"), validate=True)
        except ValueError as exc:
            raise serializers.ValidationError("This is not base64.", "invalid") from exc


class ContestRequest(serializers.Serializer[Any]):
    amount = MoneyField(required=False, help_text="All that is left of the payment without it")
    reason = serializers.ChoiceField(Dispute.Reason.choices)
    statement = CleanTextField(max_length=TEXT_LENGTH, help_text="What happened")


class EvidenceRequest(serializers.Serializer[Any]):
    """A text, a file, or both."""

    text = CleanTextField(max_length=TEXT_LENGTH, allow_blank=True, default="")
    file = Base64Field(required=False, help_text="JPEG, PNG or PDF in base64, at most 256 KiB")


class EvidenceResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    side = serializers.ChoiceField(DisputeEvidence.Side.values)
    text = serializers.CharField()
    file_type = serializers.CharField()
    file_sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()


class DisputeResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    payment_number = serializers.CharField(source="payment.number")
    order_no = serializers.CharField(source="payment.merchant_order_no", allow_null=True)
    amount = MoneyField()
    reason = serializers.ChoiceField(Dispute.Reason.values)
    statement = serializers.CharField()
    state = serializers.ChoiceField(
        DisputeState.values, help_text="WON and LOST are said from where the merchant stands"
    )
    ended_by = serializers.CharField(help_text="PEOPLE, TIME, MERCHANT, PAYER; empty: undecided")
    opened_at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(help_text="Until when evidence is taken")
    decide_by = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    evidence = EvidenceResponse(many=True)


class DisputePage(serializers.Serializer[Any]):
    items = DisputeResponse(many=True)
    next = serializers.CharField(allow_null=True)


def disputes() -> QuerySet[Dispute]:
    """Return disputes with what is shown of them, without the files themselves."""
    shown = DisputeEvidence.objects.order_by("pk").defer("file")
    rows = Dispute.objects.select_related("payment__store", "payment__merchant")
    return rows.prefetch_related(Prefetch("evidence", shown))


def shown_by(side: DisputeEvidence.Side, actor: str, body: dict[str, Any]) -> Shown:
    """Return what was given as evidence."""
    return Shown(side=side, actor=actor, text=body["text"], file=body.get("file"))
