"""The documents of the payments API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from wallet.api.fields import MoneyField


class PaymentRequest(serializers.Serializer[Any]):
    wallet_id = serializers.UUIDField()
    payload = serializers.CharField(
        max_length=512, trim_whitespace=False, help_text="The text of the store's code, as scanned"
    )
    amount = MoneyField()
    merchant_order_no = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,64}\Z", required=False, allow_null=True, default=None
    )


class PaymentResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    state = serializers.CharField()
    store_name = serializers.CharField(source="store.name")
    amount = MoneyField()
    refunded = MoneyField()
    paid_at = serializers.DateTimeField()
