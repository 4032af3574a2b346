"""Shapes that several documents of the merchant API share."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from merchants.errors import InvalidOpeningHours
from merchants.models import Merchant, Role
from merchants.premises.hours import Hours, check_hours
from wallet.api.fields import MoneyField


def latin(most: int) -> serializers.RegexField:
    """Return a field for printable ASCII, which is what a printed code carries."""
    return serializers.RegexField(re.compile(rf"\A[\x21-\x7e](?:[\x20-\x7e]{{0,{most - 1}}})\Z"))


class CategoryField(serializers.RegexField):
    """A merchant category code of ISO 18245: four digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(re.compile(r"\A[0-9]{4}\Z", re.ASCII), **kwargs)


class ZoneField(serializers.CharField):
    """A time zone by its IANA name."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in available_timezones():
            raise serializers.ValidationError("No such time zone.", "unknown_zone")
        return name


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
        },
        "example": {"MON": [["09:00", "12:00"], ["13:00", "22:00"]]},
    }
)
class HoursField(serializers.Field[Hours, Any, Any, Any]):
    """Opening hours: spans for each day, MON to SUN."""

    def to_internal_value(self, data: Any) -> Hours:
        try:
            return check_hours(data)
        except InvalidOpeningHours as exc:
            raise serializers.ValidationError(str(exc), exc.code) from exc

    def to_representation(self, value: Any) -> Any:
        return value


class RoleFields(serializers.Serializer[Any]):
    """A role, and for a cashier the most that one refund may give back."""

    role = serializers.ChoiceField(Role.choices)
    refund_limit = MoneyField(required=False, allow_null=True, default=None)


def limit_of(body: dict[str, Any], merchant: Merchant) -> int | None:
    """Take the refund limit out of a body, in minor units of the merchant's currency.

    Raises:
        CurrencyMismatch: it is in another currency.

    """
    limit: Money | None = body.pop("refund_limit")
    if limit is None:
        return None
    if limit.currency != merchant.currency:
        raise CurrencyMismatch(merchant.currency, limit.currency)
    return limit.minor


def money_or_none(minor: int | None, currency: str) -> dict[str, str] | None:
    """Return an amount as it is on the wire, None for none."""
    if minor is None:
        return None
    money = Money(minor, currency)
    return {"amount": money.to_major(), "currency": currency}
