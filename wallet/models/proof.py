"""What a person proves themselves with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet.models.people import User


class Pin(models.Model):
    """A person's PIN, hashed, and how many wrong ones were given since the last right one."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="pin")
    hashed = models.CharField(max_length=128)
    failures = models.SmallIntegerField(default=0)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(failures__gte=0, failures__lte=5), name="wallet_pin_five_attempts"
            ),
        )

    def __str__(self) -> str:
        return f"PIN of user {self.user_id}"
