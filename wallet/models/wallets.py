"""Wallets, what froze them, and who changed what about them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH, Account
from wallet.models.people import User

REASON_LENGTH = 500


class Wallet(models.Model):
    """A consumer's stored value in one currency; the money itself is in the ledger.

    ``tier`` and ``status`` are changed only by the use-cases of ``wallet.wallets``.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", "Open"
        FROZEN = "FROZEN", "Frozen"
        CLOSED = "CLOSED", "Closed"

    class Tier(models.TextChoices):
        UNVERIFIED = "UNVERIFIED", "Unverified"
        VERIFIED = "VERIFIED", "Verified"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="wallets")
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    available_account = models.OneToOneField(Account, on_delete=models.PROTECT)
    # Opened with the first hold: most wallets never need one.
    held_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, null=True, related_name="held_wallet"
    )
    # Opened with the first allowance for paying without a network.
    offline_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, null=True, related_name="offline_wallet"
    )
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.UNVERIFIED)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["holder", "currency"],
                condition=~Q(status="CLOSED"),
                name="wallet_wallet_one_each",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["OPEN", "FROZEN", "CLOSED"]),
                name="wallet_wallet_status_known",
            ),
            models.CheckConstraint(
                condition=Q(tier__in=["UNVERIFIED", "VERIFIED"]), name="wallet_wallet_tier_known"
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False)
                | (~Q(status="CLOSED") & Q(closed_at__isnull=True)),
                name="wallet_wallet_closed_once",
            ),
        )

    def __str__(self) -> str:
        return f"wallet {self.public_id}"

    @property
    def account_ids(self) -> list[int]:
        """The accounts that hold its money; most wallets have the first one only."""
        all_ = (self.available_account_id, self.held_account_id, self.offline_account_id)
        return [account for account in all_ if account is not None]

    @property
    def stopped_account_ids(self) -> list[int]:
        """The accounts that staff's freeze stops.

        Not what is set aside for stores that took a voucher of it: they could not have known.
        """
        return [account for account in self.account_ids if account != self.offline_account_id]

    @property
    def receives(self) -> bool:
        """Whether money may come in: into an open wallet, and one that staff did not freeze."""
        staff = self.freezes.filter(cause=Freeze.Cause.STAFF)
        return self.may_receive(
            is_frozen_by_staff=self.status == Wallet.Status.FROZEN and staff.exists()
        )

    def may_receive(self, *, is_frozen_by_staff: bool) -> bool:
        """Tell whether money may come in, of a wallet whose freezes were looked at before."""
        if self.status == Wallet.Status.FROZEN:
            return not is_frozen_by_staff
        return self.status == Wallet.Status.OPEN


class Freeze(models.Model):
    """A reason why a wallet is frozen now; it is open again when none is left."""

    class Cause(models.TextChoices):
        HOLDER = "HOLDER", "The holder"
        STAFF = "STAFF", "Staff"
        DEBT = "DEBT", "A debt"

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="freezes")
    cause = models.CharField(max_length=6, choices=Cause)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["wallet", "cause"], name="wallet_freeze_once_each"),
            models.CheckConstraint(
                condition=Q(cause__in=["HOLDER", "STAFF", "DEBT"]),
                name="wallet_freeze_cause_known",
            ),
        )

    def __str__(self) -> str:
        return f"freeze {self.pk} by {self.cause}"


class WalletAudit(models.Model):
    """Who changed what about a wallet, when and why; never updated or deleted."""

    class Action(models.TextChoices):
        FREEZE = "FREEZE", "Frozen"
        UNFREEZE = "UNFREEZE", "Unfrozen"
        CLOSE = "CLOSE", "Closed"
        TIER = "TIER", "Tier changed"
        PIN = "PIN", "PIN removed"

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="audits")
    action = models.CharField(max_length=8, choices=Action)
    # Text and not a link: a command's caller is nobody in this database.
    actor = models.CharField(max_length=64)
    reason = models.CharField(max_length=REASON_LENGTH)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(action__in=["FREEZE", "UNFREEZE", "CLOSE", "TIER", "PIN"]),
                name="wallet_audit_action_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(actor=""), name="wallet_audit_says_who_and_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"
