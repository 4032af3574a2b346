"""Merchants, their stores, and the tills in them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH, Account

PUBLIC_ID_LENGTH = 25  # what fits an EMVCo data object of ours
ADDRESS_LENGTH = 200
ZONE_LENGTH = 40
HOME_ZONE = "Asia/Seoul"
REGISTRATION_LENGTH = 10
NAME_LENGTH = 60
EMAIL_LENGTH = 254
LABEL_LENGTH = 40
MOST_POSTER_VERSIONS = 99_999
MOST_TIP_BPS = 99_99  # what object 57 can say


class MerchantKind(models.TextChoices):
    """What a legal party is."""

    SOLE = "SOLE", "Sole proprietor"
    COMPANY = "COMPANY", "Company"
    ASSOCIATION = "ASSOCIATION", "Association"


class Merchant(models.Model):
    """A legal party that is owed money for payments at its stores.

    Those taken on by ``merchants.stores.take_on`` have no registration number and no contact.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        SUSPENDED = "SUSPENDED", "Suspended"

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    legal_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=11, choices=MerchantKind, default=MerchantKind.COMPANY)
    registration_number = models.CharField(max_length=REGISTRATION_LENGTH, blank=True, default="")
    contact_name = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    contact_phone = models.CharField(max_length=16, blank=True, default="")
    contact_email = models.CharField(max_length=EMAIL_LENGTH, blank=True, default="")
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    zone = models.CharField(max_length=ZONE_LENGTH, default=HOME_ZONE)
    status = models.CharField(max_length=9, choices=Status, default=Status.ACTIVE)
    minimum_payout_minor = models.BigIntegerField(default=1000)
    # Whether there are endpoints, so that a payment to a merchant without any wakes nobody up.
    has_webhooks = models.BooleanField(default=False)
    payable_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_payable"
    )
    in_transit_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_in_transit"
    )
    reserve_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_reserve"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["ACTIVE", "SUSPENDED"]),
                name="merchants_merchant_status_known",
            ),
            models.CheckConstraint(
                condition=Q(registration_number="") | Q(registration_number__regex="^[0-9]{10}$"),
                name="merchants_merchant_registration_number_formed",
            ),
            models.UniqueConstraint(
                fields=["registration_number", "currency"],
                condition=~Q(registration_number=""),
                name="merchants_merchant_registered_once",
            ),
        )

    def __str__(self) -> str:
        return self.legal_name


class Store(models.Model):
    """A place where a merchant accepts payments.

    The position is in millionths of a degree, both or neither. A payer is asked for a tip by
    ``tip_rule``, and for each of the labels in ``prompts`` (EMVCo objects 55 to 57, and 62).
    """

    class TipRule(models.TextChoices):
        NONE = "NONE", "None"
        PROMPT = "PROMPT", "As much as the payer likes"
        FIXED = "FIXED", "A fixed amount"
        PERCENT = "PERCENT", "A part of the amount"

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stores")
    name = models.CharField(max_length=25)
    latin_name = models.CharField(max_length=25)
    city = models.CharField(max_length=15)
    country = models.CharField(max_length=2, default="KR")
    merchant_category_code = models.CharField(max_length=4)
    accepts = models.BooleanField(default=True)
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True, default="")
    zone = models.CharField(max_length=ZONE_LENGTH, default=HOME_ZONE)
    # {"MON": [["09:00", "22:00"]], ...}; see merchants.onboarding.hours.
    opening_hours = models.JSONField(default=dict, blank=True)
    latitude_e6 = models.IntegerField(null=True)
    longitude_e6 = models.IntegerField(null=True)
    # Of its posters: the newest that was made, and the oldest that still counts.
    poster_version = models.IntegerField(default=1)
    oldest_poster_version = models.IntegerField(default=1)
    tip_rule = models.CharField(max_length=7, choices=TipRule, default=TipRule.NONE)
    tip_minor = models.BigIntegerField(null=True)
    tip_bps = models.IntegerField(null=True)
    prompts = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    tip_rule__in=["NONE", "PROMPT"], tip_minor__isnull=True, tip_bps__isnull=True
                )
                | Q(
                    tip_rule="FIXED",
                    tip_minor__isnull=False,
                    tip_minor__gt=0,
                    tip_bps__isnull=True,
                )
                | Q(
                    tip_rule="PERCENT",
                    tip_minor__isnull=True,
                    tip_bps__isnull=False,
                    tip_bps__range=(1, MOST_TIP_BPS),
                ),
                name="merchants_store_tip_rule_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    oldest_poster_version__gte=1,
                    oldest_poster_version__lte=F("poster_version"),
                    poster_version__lte=MOST_POSTER_VERSIONS,
                ),
                name="merchants_store_poster_versions_ordered",
            ),
            models.CheckConstraint(
                condition=Q(latitude_e6__isnull=True, longitude_e6__isnull=True)
                | Q(
                    latitude_e6__isnull=False,
                    longitude_e6__isnull=False,
                    latitude_e6__range=(-90_000_000, 90_000_000),
                    longitude_e6__range=(-180_000_000, 180_000_000),
                ),
                name="merchants_store_position_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.name


class StorePicture(models.Model):
    """What a payer sees of a store before paying: a JPEG, made small and without metadata."""

    store = models.OneToOneField(
        Store, on_delete=models.PROTECT, primary_key=True, related_name="picture"
    )
    jpeg = models.BinaryField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"picture of store {self.store_id}"


class Terminal(models.Model):
    """A till in a store; a revoked one is kept."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="terminals")
    label = models.CharField(max_length=LABEL_LENGTH)
    added_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["store", "label"],
                condition=Q(revoked_at__isnull=True),
                name="merchants_terminal_label_once",
            ),
        )

    def __str__(self) -> str:
        return self.public_id
