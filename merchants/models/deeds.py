"""What our people did in the admin."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet.models import User
from wallet.models.wallets import REASON_LENGTH


class Deed(models.Model):
    """That somebody asked for something in the admin and why, or what came of it; never changed.

    What was asked is committed before it is done. ``answers`` names it on the second line, whose
    ``outcome`` is ``done`` or the code of what refused it; without a second line the process
    ended in between, and the row itself tells what became of it.
    """

    subject = models.CharField(max_length=40, help_text="The table, such as payoutrun")
    subject_id = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    facts = models.JSONField(default=dict)
    # Of the page that was sent: it is sent once.
    key = models.UUIDField(null=True, unique=True)
    answers = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="answer"
    )
    outcome = models.CharField(max_length=60, blank=True, default="")
    happened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(action=""), name="merchants_deed_says_what_and_why"
            ),
            models.CheckConstraint(
                condition=Q(answers__isnull=True, key__isnull=False, outcome="")
                | (Q(answers__isnull=False, key__isnull=True) & ~Q(outcome="")),
                name="merchants_deed_asked_or_answered",
            ),
        )
        indexes = (models.Index(fields=["subject", "subject_id"], name="merchants_deed_of"),)

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.subject_id}"
