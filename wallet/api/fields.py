"""Shapes that several documents share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from ledger.errors import InvalidAmount, UnknownCurrency
from ledger.money import Money

MAX_DIGITS = 20


@extend_schema_serializer(component_name="Money")
class MoneyField(serializers.Serializer[Any]):
    """Money on the wire: ``{"amount": "10500", "currency": "KRW"}``, the amount as text."""

    amount = serializers.CharField(
        max_length=MAX_DIGITS + 4, trim_whitespace=False, help_text="Decimal digits, as text"
    )
    currency = serializers.CharField(
        max_length=12, trim_whitespace=False, help_text="ISO 4217 code, or POINT"
    )

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and not isinstance(data.get("amount", ""), str):
            raise serializers.ValidationError({"amount": "Write the amount as text."}, "not_text")
        read = super().to_internal_value(data)
        try:
            money = Money.from_major(read["amount"], read["currency"])
        except InvalidAmount as exc:
            raise serializers.ValidationError({"amount": str(exc)}, exc.code) from exc
        except UnknownCurrency as exc:
            raise serializers.ValidationError({"currency": str(exc)}, exc.code) from exc
        if money.minor == 0:
            raise serializers.ValidationError(
                {"amount": "The amount is more than zero."}, "invalid_amount"
            )
        return money

    def to_representation(self, instance: Money) -> dict[str, str]:
        return {"amount": instance.to_major(), "currency": instance.currency}
