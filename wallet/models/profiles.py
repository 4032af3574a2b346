"""How people are named and found by others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet.models.people import User

HANDLE_LENGTH = 20
NAME_LENGTH = 40
MEMO_LENGTH = 100


class Profile(models.Model):
    """What a person is called: a unique handle, and a name for others to check."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    handle = models.CharField(max_length=HANDLE_LENGTH, null=True, unique=True, db_collation="C")  # noqa: DJ001 - many people have none, and "" would be unique.
    display_name = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(handle__isnull=True) | Q(handle__regex="^[a-z0-9_]{3,20}$"),
                name="wallet_profile_handle_plain",
            ),
        )

    def __str__(self) -> str:
        return f"profile of user {self.pk}"


class PayeeMisses(models.Model):
    """How many unknown payees a person asked for in one day (UTC)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="payee_misses")
    day = models.DateField()
    misses = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "day"], name="wallet_payee_misses_one_a_day"),
        )

    def __str__(self) -> str:
        return f"misses of user {self.user_id} on {self.day}"
