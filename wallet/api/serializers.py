"""The documents of the wallet's API: what comes in, and what goes out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from wallet.api.fields import MoneyField


class SignUpRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    password = serializers.CharField(max_length=128, trim_whitespace=False)

    def validate_password(self, value: str) -> str:
        try:
            validate_password(value)
        except ValidationError as exc:
            raise serializers.ValidationError(exc.messages, "weak_password") from exc
        return value


class TokenRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class TokenResponse(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class WalletResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    currency = serializers.CharField()
    status = serializers.CharField()
    available = MoneyField()


class TopUpRequest(serializers.Serializer[Any]):
    amount = MoneyField()


class TopUpResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    status = serializers.CharField()
    amount = MoneyField()
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class TransferRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    amount = MoneyField()
    memo = serializers.CharField(max_length=100, allow_blank=True, default="")


class TransferResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    amount = MoneyField()
    memo = serializers.CharField()
    sent_at = serializers.DateTimeField()


class LineResponse(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="entry_id")
    kind = serializers.CharField()
    amount = MoneyField()
    balance = MoneyField()
    effective_at = serializers.DateTimeField()


class ActivityResponse(serializers.Serializer[Any]):
    lines = LineResponse(many=True)
    next = serializers.CharField(allow_null=True)
