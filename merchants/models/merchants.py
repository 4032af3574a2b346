"""Merchants and their stores."""

from __future__ import annotations

from django.db import models

from ledger.models import CURRENCY_LENGTH, Account
from merchants.models.fees import FeePlan

PUBLIC_ID_LENGTH = 25  # what fits an EMVCo data object of ours


class Merchant(models.Model):
    """A legal party that is owed money for payments at its stores."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    legal_name = models.CharField(max_length=100)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    zone = models.CharField(max_length=40, default="Asia/Seoul")
    fee_plan = models.ForeignKey(FeePlan, on_delete=models.PROTECT)
    minimum_payout_minor = models.BigIntegerField(default=1000)
    payable_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_payable"
    )
    in_transit_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_in_transit"
    )

    def __str__(self) -> str:
        return self.legal_name


class Store(models.Model):
    """A place where a merchant accepts payments."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stores")
    name = models.CharField(max_length=25)
    latin_name = models.CharField(max_length=25)
    city = models.CharField(max_length=15)
    country = models.CharField(max_length=2, default="KR")
    merchant_category_code = models.CharField(max_length=4)
    accepts = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name
