"""Handles of payers' codes, what was used of them, and how often codes were wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet.models.devices import Device
from wallet.models.wallets import Wallet

SALT_BYTES = 16
MAX_FAILURES = 5


class CodeHandle(models.Model):
    """What a payer's code is found by; without a device, it is for one code that we made.

    Its key follows from the salt and a secret that is not in the database.
    """

    handle = models.CharField(max_length=8)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="code_handles")
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, null=True, related_name="code_handles"
    )
    salt = models.BinaryField(max_length=SALT_BYTES)
    failures = models.SmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["handle"], name="wallet_code_handle_once"),
            models.CheckConstraint(
                condition=Q(handle__regex="^[0-9]{8}$"), name="wallet_code_handle_eight_digits"
            ),
            models.CheckConstraint(
                condition=Q(failures__gte=0, failures__lte=MAX_FAILURES),
                name="wallet_code_handle_five_failures",
            ),
        )
        indexes = (
            models.Index(fields=["wallet", "device"], name="wallet_code_handle_of"),
            models.Index(fields=["expires_at"], name="wallet_code_handle_to_prune"),
        )

    def __str__(self) -> str:
        return f"code handle {self.pk}"


class CodeUse(models.Model):
    """A step of a handle that was presented, and what for; never for anything else after that."""

    handle = models.ForeignKey(CodeHandle, on_delete=models.CASCADE, related_name="uses")
    step = models.BigIntegerField()
    presented_for = models.CharField(max_length=120)
    used_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["handle", "step"], name="wallet_code_step_once"),
        )

    def __str__(self) -> str:
        return f"code use {self.pk}"


class CodeMisses(models.Model):
    """How many bad codes came from somewhere in an hour; ``ALL`` is from everywhere."""

    ALL = "ALL"

    subject = models.CharField(max_length=64)
    hour = models.DateTimeField()
    misses = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "hour"], name="wallet_code_misses_once"),
            models.CheckConstraint(condition=Q(misses__gt=0), name="wallet_code_misses_counted"),
        )

    def __str__(self) -> str:
        return f"misses {self.pk}"
