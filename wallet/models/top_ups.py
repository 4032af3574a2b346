"""Money from a funding provider into a wallet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.wallets import Wallet

BANK_REFERENCE_LENGTH = 64
REASON_LENGTH = 64
APPROVAL_URL_LENGTH = 500
ACCOUNT_NUMBER_LENGTH = 34  # the longest IBAN


class Provider(models.TextChoices):
    """Who collects the money of a top-up."""

    CARD = "CARD", "Card"
    BANK_TRANSFER = "BANK_TRANSFER", "Bank transfer"


class AutoTopUp(models.Model):
    """A holder's wish that a wallet is topped up when it holds less than a threshold."""

    wallet = models.OneToOneField(Wallet, on_delete=models.PROTECT, related_name="auto_top_up")
    threshold_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    daily_ceiling_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    # Only a card is collected from without its holder's doing something each time.
    provider = models.CharField(max_length=13, choices=Provider, default=Provider.CARD)
    enabled = models.BooleanField()
    # Failures before this do not count: the holder has looked at the rule since.
    set_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(threshold_minor__gt=0, amount_minor__gt=0),
                name="wallet_auto_top_up_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(daily_ceiling_minor__gte=models.F("amount_minor")),
                name="wallet_auto_top_up_fits_its_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(provider="CARD"), name="wallet_auto_top_up_by_card"
            ),
            models.CheckConstraint(
                condition=Q(enabled=False) | Q(paused_at__isnull=True),
                name="wallet_auto_top_up_paused_is_off",
            ),
        )
        indexes = (
            models.Index(
                fields=["wallet"], condition=Q(enabled=True), name="wallet_auto_top_up_enabled"
            ),
        )

    def __str__(self) -> str:
        return f"automatic top-up {self.pk}"

    @property
    def threshold(self) -> Money:
        """Below this the wallet is topped up."""
        return Money(self.threshold_minor, self.currency)

    @property
    def amount(self) -> Money:
        """What is asked for each time."""
        return Money(self.amount_minor, self.currency)

    @property
    def daily_ceiling(self) -> Money:
        """The most that is asked for within 24 hours."""
        return Money(self.daily_ceiling_minor, self.currency)


class TopUp(models.Model):
    """Money asked for from a funding provider; PENDING until the provider has decided."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "Pending"
        SETTLED = "SETTLED", "Settled"
        FAILED = "FAILED", "Failed"
        REVERSED = "REVERSED", "Reversed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="top_ups")
    auto_top_up = models.ForeignKey(
        AutoTopUp, on_delete=models.PROTECT, null=True, related_name="top_ups"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    provider = models.CharField(max_length=13, choices=Provider, default=Provider.CARD)
    provider_reference = models.CharField(max_length=BANK_REFERENCE_LENGTH, blank=True, default="")
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    # The holder is there, and approves it at the bank's page once the bank has said where.
    with_approval = models.BooleanField(default=False, db_default=False)
    approval_url = models.CharField(
        max_length=APPROVAL_URL_LENGTH, blank=True, default="", db_default=""
    )
    failure_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    reversal_reference = models.CharField(max_length=BANK_REFERENCE_LENGTH, blank=True, default="")
    asked_at = models.DateTimeField()
    poll_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_top_up_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING", decided_at__isnull=True)
                | Q(status__in=["SETTLED", "FAILED", "REVERSED"], decided_at__isnull=False),
                name="wallet_top_up_decided_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="REVERSED", reversed_at__isnull=False) & ~Q(reversal_reference="")
                )
                | (~Q(status="REVERSED") & Q(reversed_at__isnull=True, reversal_reference="")),
                name="wallet_top_up_reversed_by_reference",
            ),
            models.CheckConstraint(
                condition=Q(failure_reason="") | Q(status="FAILED"),
                name="wallet_top_up_only_failures_have_reasons",
            ),
            models.CheckConstraint(
                condition=Q(provider__in=["CARD", "BANK_TRANSFER"]),
                name="wallet_top_up_provider_known",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="wallet_top_up_provider_reference_once",
            ),
            models.UniqueConstraint(
                fields=["reversal_reference"],
                condition=~Q(reversal_reference=""),
                name="wallet_top_up_reversal_reference_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["poll_at"], condition=Q(status="PENDING"), name="wallet_top_up_to_poll"
            ),
            models.Index(
                fields=["wallet"], condition=Q(status="PENDING"), name="wallet_top_up_pending"
            ),
        )

    def __str__(self) -> str:
        return f"top-up {self.public_id}"

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.currency)


class VirtualAccount(models.Model):
    """The account number at the bank that stands for one wallet; what is paid there is its."""

    wallet = models.OneToOneField(Wallet, on_delete=models.PROTECT, related_name="virtual_account")
    number = models.CharField(max_length=ACCOUNT_NUMBER_LENGTH, unique=True)
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"virtual account ..{self.number[-4:]}"


class BankCredit(models.Model):
    """Money that arrived at the bank for an account number; one per reference of the bank."""

    reference = models.CharField(max_length=BANK_REFERENCE_LENGTH, unique=True)
    number = models.CharField(max_length=ACCOUNT_NUMBER_LENGTH)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    # None: nobody's, it stands on the suspense account.
    top_up = models.OneToOneField(
        TopUp, on_delete=models.PROTECT, null=True, related_name="bank_credit"
    )
    arrived_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_bank_credit_amount_positive"
            ),
        )

    def __str__(self) -> str:
        return f"bank credit {self.reference}"


class BankFeed(models.Model):
    """How far the bank's list of messages was read; the place is the bank's own word."""

    name = models.CharField(max_length=20, unique=True)
    place = models.CharField(max_length=100, blank=True, default="")

    def __str__(self) -> str:
        return f"bank feed {self.name}"
