"""Money from a wallet to its holder's bank account."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.top_ups import ACCOUNT_NUMBER_LENGTH, BANK_REFERENCE_LENGTH, REASON_LENGTH
from wallet.models.wallets import Wallet

SHOWN_DIGITS = 4


class BankAccount(models.Model):
    """A bank account that its holder says is theirs; money goes there once that is verified."""

    class Status(models.TextChoices):
        CHECKING = "CHECKING", "The bank is asked"
        AWAITING_CODE = "AWAITING_CODE", "The holder reads the code"
        VERIFIED = "VERIFIED", "Verified"
        REFUSED = "REFUSED", "Refused"
        REMOVED = "REMOVED", "Removed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bank_accounts"
    )
    bank_code = models.CharField(max_length=4)
    number = models.CharField(max_length=ACCOUNT_NUMBER_LENGTH)
    holder_name = models.CharField(max_length=60)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    status = models.CharField(max_length=13, choices=Status, default=Status.CHECKING)
    refusal = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    poll_at = models.DateTimeField()
    code_sent_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["holder", "bank_code", "number"],
                condition=Q(status__in=["CHECKING", "AWAITING_CODE", "VERIFIED"]),
                name="wallet_bank_account_once_per_holder",
            ),
            models.CheckConstraint(
                condition=~Q(status="VERIFIED") | Q(verified_at__isnull=False),
                name="wallet_bank_account_verified_at_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="AWAITING_CODE") | Q(code_sent_at__isnull=False),
                name="wallet_bank_account_code_was_sent",
            ),
        )
        indexes = (
            models.Index(
                fields=["poll_at"],
                condition=Q(status="CHECKING"),
                name="wallet_bank_account_to_check",
            ),
        )

    def __str__(self) -> str:
        return f"bank account {self.masked}"

    @property
    def masked(self) -> str:
        """The number as it is shown: its last four characters."""
        return "*" * (len(self.number) - SHOWN_DIGITS) + self.number[-SHOWN_DIGITS:]


class Withdrawal(models.Model):
    """Money on its way from a wallet to a bank account."""

    class Status(models.TextChoices):
        ASKED = "ASKED", "Asked"
        SENT = "SENT", "Sent"
        CONFIRMED = "CONFIRMED", "Confirmed"
        RETURNED = "RETURNED", "Returned"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="withdrawals")
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="withdrawals"
    )
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    bank_reference = models.CharField(max_length=BANK_REFERENCE_LENGTH, blank=True, default="")
    return_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    asked_at = models.DateTimeField()
    poll_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0),
                name="wallet_withdrawal_amount_positive",
            ),
            models.CheckConstraint(
                condition=~Q(status="CONFIRMED") | Q(confirmed_at__isnull=False),
                name="wallet_withdrawal_confirmed_at_known",
            ),
            models.CheckConstraint(
                condition=Q(status="RETURNED", returned_at__isnull=False)
                | (~Q(status="RETURNED") & Q(returned_at__isnull=True)),
                name="wallet_withdrawal_returned_at_known",
            ),
        )
        indexes = (
            models.Index(
                fields=["poll_at"],
                condition=Q(status__in=["ASKED", "SENT"]),
                name="wallet_withdrawal_to_poll",
            ),
        )

    def __str__(self) -> str:
        return f"withdrawal {self.public_id}"

    @property
    def amount(self) -> Money:
        """What reaches the bank account."""
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        """What is kept for it."""
        return Money(self.fee_minor, self.currency)
