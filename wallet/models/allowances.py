"""How much may be set aside for paying without a network."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from wallet.models.wallets import Wallet


class AllowanceLimit(models.Model):
    """What a tier may have out in one currency; a tier without a row may have nothing.

    ``cap_minor`` is the most of all allowances of a wallet that are not settled, ``each_minor`` of
    one payment, ``count`` of payments under one certificate, which is valid for ``hours``. A
    wallet younger than ``least_age_days`` has to wait.
    """

    tier = models.CharField(max_length=10, choices=Wallet.Tier)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    cap_minor = models.BigIntegerField()
    each_minor = models.BigIntegerField()
    count = models.IntegerField()
    hours = models.IntegerField()
    least_age_days = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tier", "currency"], name="wallet_allowance_limit_one_each"
            ),
            models.CheckConstraint(
                condition=Q(
                    cap_minor__gt=0,
                    cap_minor__lt=2**32,
                    each_minor__gt=0,
                    each_minor__lte=F("cap_minor"),
                    count__range=(1, 10_000),
                    hours__range=(1, 72),
                    least_age_days__gte=0,
                ),
                name="wallet_allowance_limit_small",
            ),
        )

    def __str__(self) -> str:
        return f"allowance limit {self.pk}"
