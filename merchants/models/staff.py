"""Who works for a merchant, and who was asked to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from merchants.models.merchants import Merchant, Store
from wallet.models import User
from wallet.models.people import PHONE_LENGTH


class Role(models.TextChoices):
    """What somebody is to a merchant; ``merchants.access.permissions`` says what that allows."""

    OWNER = "OWNER", "Owner"
    MANAGER = "MANAGER", "Manager"
    CASHIER = "CASHIER", "Cashier"
    VIEWER = "VIEWER", "Viewer"


def _fits_role(table: str) -> tuple[models.CheckConstraint, ...]:
    return (
        models.CheckConstraint(
            condition=Q(role__in=["OWNER", "MANAGER", "CASHIER", "VIEWER"]),
            name=f"merchants_{table}_role_known",
        ),
        models.CheckConstraint(
            condition=~Q(role="OWNER") | Q(store__isnull=True),
            name=f"merchants_{table}_owner_of_all_stores",
        ),
        models.CheckConstraint(
            # A comparison with a null is neither true nor false, and passes: so it is asked for.
            condition=Q(
                role="CASHIER", refund_limit_minor__isnull=False, refund_limit_minor__gte=0
            )
            | (~Q(role="CASHIER") & Q(refund_limit_minor__isnull=True)),
            name=f"merchants_{table}_cashier_has_limit",
        ),
    )


class StaffRole(models.Model):
    """A role of a person at a merchant, or at one of its stores; an ended one is kept.

    That a merchant keeps an owner is refused otherwise by a trigger,
    ``merchants_staff_role_owner_stays``.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="staff")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merchant_roles")
    role = models.CharField(max_length=7, choices=Role)
    refund_limit_minor = models.BigIntegerField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            *_fits_role("staff_role"),
            models.UniqueConstraint(
                fields=["merchant", "user", "store"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="merchants_staff_role_one_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.public_id}"


class StaffInvitation(models.Model):
    """A role offered to whoever confirms to have a phone number."""

    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        ACCEPTED = "ACCEPTED", "Accepted"
        DECLINED = "DECLINED", "Declined"
        REVOKED = "REVOKED", "Revoked"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="invitations")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True)
    phone = models.CharField(max_length=PHONE_LENGTH)
    role = models.CharField(max_length=7, choices=Role)
    refund_limit_minor = models.BigIntegerField(null=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            *_fits_role("staff_invitation"),
            models.UniqueConstraint(
                fields=["merchant", "phone", "store"],
                condition=Q(state="OPEN"),
                nulls_distinct=False,
                name="merchants_staff_invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", answered_at__isnull=True)
                | Q(state__in=["ACCEPTED", "DECLINED", "REVOKED"], answered_at__isnull=False),
                name="merchants_staff_invitation_answered_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["phone"], condition=Q(state="OPEN"), name="merchants_invitation_by_phone"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.public_id}"
