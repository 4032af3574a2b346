"""What a payment costs a merchant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FeePlan(models.Model):
    """What a payment costs a merchant: a share in basis points and a fixed part, plus VAT."""

    name = models.CharField(max_length=40, unique=True)
    rate_bps = models.IntegerField()
    fixed_minor = models.BigIntegerField(default=0)
    vat_bps = models.IntegerField(default=1000)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(rate_bps__range=(0, 10_000), fixed_minor__gte=0, vat_bps__gte=0),
                name="merchants_fee_plan_sensible",
            ),
        )

    def __str__(self) -> str:
        return self.name
