"""Allowances of telephones, the vouchers made of them, and the cases that came of those."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from merchants.models.offline_tills import (
    BODY_BYTES,
    SHORT_BYTES,
    SIGNATURE_BYTES,
    TillCertificate,
)
from merchants.models.payments import Payment
from wallet.models import Device, Wallet

DIGEST_BYTES = 32


class Allowance(models.Model):
    """Money set aside for one telephone to spend without a network.

    What is loaded was claimed by vouchers, was released to its holder, or is still in reserve.
    The certificate names it by ``short_id``, the first 8 bytes of ``public_id``.
    """

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        ENDED = "ENDED", "Ended"
        FROZEN = "FROZEN", "Frozen"
        RELEASED = "RELEASED", "Released"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    short_id = models.BinaryField(max_length=SHORT_BYTES, unique=True)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="allowances")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="allowances")
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    loaded_minor = models.BigIntegerField()
    claimed_minor = models.BigIntegerField(default=0)
    released_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    body = models.BinaryField(max_length=BODY_BYTES)
    signature = models.BinaryField(max_length=SIGNATURE_BYTES)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Until when vouchers are claimed by themselves; then the reserve is its holder's again.
    deadline_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(state="ACTIVE"),
                name="merchants_allowance_one_active",
            ),
            models.CheckConstraint(
                condition=Q(
                    loaded_minor__gt=0,
                    loaded_minor__lt=2**32,
                    claimed_minor__gte=0,
                    released_minor__gte=0,
                    loaded_minor__gte=F("claimed_minor") + F("released_minor"),
                ),
                name="merchants_allowance_reserve_holds",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="RELEASED",
                    released_at__isnull=False,
                    loaded_minor=F("claimed_minor") + F("released_minor"),
                )
                | (~Q(state="RELEASED") & Q(released_at__isnull=True, released_minor=0)),
                name="merchants_allowance_released_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="ACTIVE", ended_at__isnull=True)
                | Q(state="RELEASED")
                | Q(state__in=["ENDED", "FROZEN"], ended_at__isnull=False),
                name="merchants_allowance_ended_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["deadline_at"],
                condition=~Q(state="RELEASED"),
                name="merchants_allowance_to_release",
            ),
        )

    def __str__(self) -> str:
        return f"allowance {self.public_id}"

    @property
    def loaded(self) -> Money:
        """What was set aside."""
        return Money(self.loaded_minor, self.currency)

    @property
    def claimed(self) -> Money:
        """What vouchers took of it."""
        return Money(self.claimed_minor, self.currency)

    @property
    def reserve_minor(self) -> int:
        """What is still set aside, in minor units."""
        return self.loaded_minor - self.claimed_minor - self.released_minor


def _paid() -> CombinedExpression:
    return F("reserve_minor") + F("loss_minor") + F("debt_minor")


class Voucher(models.Model):
    """A voucher as a till presented it, and who paid it: the reserve, we, or nobody yet.

    ``debt_minor`` is what its holder paid or owes because it came too late for the reserve.
    ``is_conflict`` marks a voucher whose counter another one has: the telephone signed both.
    """

    class State(models.TextChoices):
        PAID = "PAID", "Paid"
        PARTLY_PAID = "PARTLY_PAID", "Paid in part"
        UNPAID = "UNPAID", "Not guaranteed"
        LATE = "LATE", "Waits for a decision"

    digest = models.BinaryField(max_length=DIGEST_BYTES, unique=True)
    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="vouchers")
    till = models.ForeignKey(TillCertificate, on_delete=models.PROTECT, related_name="vouchers")
    counter = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    cumulative_minor = models.BigIntegerField()
    body = models.BinaryField(max_length=BODY_BYTES)
    signature = models.BinaryField(max_length=SIGNATURE_BYTES)
    is_conflict = models.BooleanField(default=False)
    state = models.CharField(max_length=11, choices=State)
    reserve_minor = models.BigIntegerField(default=0)
    loss_minor = models.BigIntegerField(default=0)
    debt_minor = models.BigIntegerField(default=0)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, related_name="voucher"
    )
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["allowance", "counter"],
                condition=Q(is_conflict=False),
                name="merchants_voucher_counter_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0,
                    counter__gt=0,
                    reserve_minor__gte=0,
                    loss_minor__gte=0,
                    debt_minor__gte=0,
                    amount_minor__gte=_paid(),
                ),
                name="merchants_voucher_paid_within",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="PAID",
                    payment__isnull=False,
                    amount_minor=_paid(),
                )
                | Q(
                    state="PARTLY_PAID",
                    payment__isnull=False,
                    amount_minor__gt=_paid(),
                )
                | Q(
                    state__in=["UNPAID", "LATE"],
                    payment__isnull=True,
                    reserve_minor=0,
                    loss_minor=0,
                    debt_minor=0,
                ),
                name="merchants_voucher_state_fits",
            ),
        )
        indexes = (
            models.Index(
                fields=["received_at"], condition=Q(state="LATE"), name="merchants_voucher_late"
            ),
        )

    def __str__(self) -> str:
        return f"voucher {bytes(self.digest).hex()[:16]}"

    @property
    def paid_minor(self) -> int:
        """What the merchant was credited, before the fee, in minor units."""
        return self.reserve_minor + self.loss_minor + self.debt_minor


class OfflineCase(models.Model):
    """That a telephone signed what it may not have: proved by the vouchers of its allowance.

    ``booked_minor`` is what of our loss was booked as its holder's debt.
    """

    class Kind(models.TextChoices):
        COUNTER_TWICE = "COUNTER_TWICE", "One counter, two vouchers"
        OVERSPENT = "OVERSPENT", "More than the allowance"
        SUMS_DIFFER = "SUMS_DIFFER", "Sums that contradict each other"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    allowance = models.OneToOneField(Allowance, on_delete=models.PROTECT, related_name="case")
    kinds = ArrayField(models.CharField(max_length=13, choices=Kind))
    loss_minor = models.BigIntegerField(default=0)
    booked_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(booked_minor__gte=0, loss_minor__gte=F("booked_minor")),
                name="merchants_offline_case_books_its_loss",
            ),
        )
        indexes = (
            models.Index(
                fields=["opened_at"],
                condition=Q(loss_minor__gt=F("booked_minor")),
                name="merchants_offline_case_to_book",
            ),
        )

    def __str__(self) -> str:
        return f"case {self.public_id}"
