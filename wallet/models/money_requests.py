"""Asking others for money, one by one or by splitting a bill."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.profiles import MEMO_LENGTH
from wallet.models.transfers import Transfer
from wallet.models.wallets import Wallet


class BillSplit(models.Model):
    """A bill shared among people; the asker's own share is zero when the asker is not one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asker = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="bill_splits")
    amount_minor = models.BigIntegerField()
    own_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    memo = models.CharField(max_length=MEMO_LENGTH, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(own_minor__gte=0, amount_minor__gt=F("own_minor")),
                name="wallet_bill_split_others_owe",
            ),
        )

    def __str__(self) -> str:
        return f"bill split {self.public_id}"

    @property
    def amount(self) -> Money:
        """The whole bill."""
        return Money(self.amount_minor, self.currency)

    @property
    def own_share(self) -> Money:
        """What the asker bears."""
        return Money(self.own_minor, self.currency)


class MoneyRequest(models.Model):
    """One person asking another for money; OPEN until it is answered or too old."""

    class Status(models.TextChoices):
        OPEN = "OPEN", "Open"
        PAID = "PAID", "Paid"
        DECLINED = "DECLINED", "Declined"
        CANCELLED = "CANCELLED", "Cancelled"
        EXPIRED = "EXPIRED", "Expired"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asker = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="requests_made", db_index=False
    )
    payer = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="requests_received", db_index=False
    )
    split = models.ForeignKey(
        BillSplit, on_delete=models.PROTECT, null=True, related_name="requests"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    memo = models.CharField(max_length=MEMO_LENGTH, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, null=True, related_name="money_request"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_money_request_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(asker=F("payer")), name="wallet_money_request_of_another"
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", decided_at__isnull=True, transfer__isnull=True)
                | Q(status="PAID", decided_at__isnull=False, transfer__isnull=False)
                | Q(
                    status__in=["DECLINED", "CANCELLED", "EXPIRED"],
                    decided_at__isnull=False,
                    transfer__isnull=True,
                ),
                name="wallet_money_request_paid_once",
            ),
            models.UniqueConstraint(
                fields=["split", "payer"], name="wallet_money_request_one_share_each"
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"], condition=Q(status="OPEN"), name="wallet_money_request_due"
            ),
            models.Index(fields=["asker", "-id"], name="wallet_request_made_newest"),
            models.Index(fields=["payer", "-id"], name="wallet_request_got_newest"),
        )

    def __str__(self) -> str:
        return f"money request {self.public_id}"

    @property
    def amount(self) -> Money:
        """What is asked for."""
        return Money(self.amount_minor, self.currency)
