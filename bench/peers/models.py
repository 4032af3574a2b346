"""A posting as most teams would write it: two models, row locks, bulk_create."""

from __future__ import annotations

from django.db import models


class OrmAccount(models.Model):
    balance_minor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"account {self.pk}"


class OrmTransaction(models.Model):
    reference = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class OrmEntry(models.Model):
    transaction = models.ForeignKey(OrmTransaction, on_delete=models.PROTECT)
    account = models.ForeignKey(OrmAccount, on_delete=models.PROTECT)
    amount_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"entry {self.pk}"
