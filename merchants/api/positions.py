"""Places on earth, as they are on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

_PER_DEGREE = 1_000_000


class PositionField(serializers.Serializer[Any]):
    """A place on earth in degrees, as text to the millionth; read in millionths."""

    latitude = serializers.DecimalField(9, 6, min_value=-90, max_value=90)
    longitude = serializers.DecimalField(9, 6, min_value=-180, max_value=180)

    def to_internal_value(self, data: Any) -> Any:
        read = super().to_internal_value(data)
        # In a PATCH the framework would let half of it pass.
        if len(read) != len(self.fields):
            raise serializers.ValidationError("Give latitude and longitude.", "required")
        return tuple(int(read[name] * _PER_DEGREE) for name in ("latitude", "longitude"))

    def to_representation(self, instance: tuple[int, int]) -> dict[str, str]:
        latitude, longitude = (f"{Decimal(value) / _PER_DEGREE:.6f}" for value in instance)
        return {"latitude": latitude, "longitude": longitude}
