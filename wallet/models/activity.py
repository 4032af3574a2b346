"""What an entry of the ledger was about, in words, for its wallet's holder to find it by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from ledger.models import KIND_LENGTH, REFERENCE_LENGTH
from wallet.models.wallets import Wallet

COUNTERPARTY_LENGTH = 60
MEMO_LENGTH = 200


class ActivityNote(models.Model):
    """Counterparty and memo of a ledger transaction, as one wallet's holder may see them.

    Written in the database transaction of the effect. ``words`` is made by
    ``wallet.activity.words`` and not by a text search configuration: see there.
    """

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, db_index=False)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    kind = models.CharField(max_length=KIND_LENGTH)
    counterparty = models.CharField(max_length=COUNTERPARTY_LENGTH, blank=True)
    memo = models.CharField(max_length=MEMO_LENGTH, blank=True)
    words = SearchVectorField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["wallet", "reference"], name="wallet_activity_note_once"
            ),
        )
        indexes = (GinIndex(fields=["words"], name="wallet_activity_note_words"),)

    def __str__(self) -> str:
        return f"note on {self.reference}"
