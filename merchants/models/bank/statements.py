"""What the bank says: files of statements, their balances, and every movement on them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH, Account

ACCOUNT_LENGTH = 40
REFERENCE_LENGTH = 64
NAME_LENGTH = 140
TEXT_LENGTH = 500
DIGEST_LENGTH = 64


class HouseAccount(models.Model):
    """An account of our own at a bank, and the ledger account that stands for it."""

    class Purpose(models.TextChoices):
        SAFEGUARDING = "SAFEGUARDING", "Customers' money"
        OPERATING = "OPERATING", "Our own money"

    number = models.CharField(max_length=ACCOUNT_LENGTH)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    purpose = models.CharField(max_length=12, choices=Purpose)
    ledger_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="house_account"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number", "currency"], name="merchants_house_account_once"
            ),
        )

    def __str__(self) -> str:
        return f"..{self.number[-4:]} {self.currency}"


class StatementFile(models.Model):
    """A file of the bank, known by its content; loaded whole or not at all."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", "Received"
        PARSED = "PARSED", "Parsed"
        VALIDATED = "VALIDATED", "Validated"
        QUARANTINED = "QUARANTINED", "Quarantined"
        LOADED = "LOADED", "Loaded"
        MATCHED = "MATCHED", "Matched"

    sha256 = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    byte_count = models.BigIntegerField()
    state = models.CharField(max_length=11, choices=State, default=State.RECEIVED)
    # Why it is in quarantine: a list of {"line", "code", "message", "difference_minor"}.
    troubles = models.JSONField(default=list)
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="QUARANTINED") | ~Q(troubles=[]),
                name="merchants_statement_file_quarantined_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"


class Statement(models.Model):
    """One statement of one account: its balances, and its place among the others.

    A notification (camt.054) has no balances; its lines come again on a statement.
    """

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="statements")
    account = models.ForeignKey(HouseAccount, on_delete=models.PROTECT, related_name="statements")
    name = models.CharField(max_length=NAME_LENGTH)
    sequence = models.BigIntegerField(null=True)
    is_booked = models.BooleanField()
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    opening_on = models.DateField()
    closing_on = models.DateField()
    entry_count = models.IntegerField()
    entry_sum_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    is_booked=True,
                    closing_minor=F("opening_minor") + F("entry_sum_minor"),
                    opening_minor__isnull=False,
                )
                | Q(is_booked=False, opening_minor__isnull=True, closing_minor__isnull=True),
                name="merchants_statement_ties",
            ),
            models.CheckConstraint(
                condition=Q(opening_on__lte=F("closing_on")),
                name="merchants_statement_days_in_order",
            ),
            models.UniqueConstraint(
                fields=["account", "closing_on", "sequence"],
                condition=Q(is_booked=True),
                nulls_distinct=False,
                name="merchants_statement_once",
            ),
        )

    def __str__(self) -> str:
        return f"statement {self.name}"


class BankLine(models.Model):
    """A movement at the bank; positive where money came in. What the bank said never changes.

    ``told_by`` told of it first, ``statement`` is the one whose balances contain it. The
    references carry no foreign-key constraint: only the import inserts, in one database
    transaction with the rows they name, which are never deleted; the checks would cost half of
    its time.
    """

    # Of a digest over what the bank knows it by; see ``merchants.statements.identities``.
    identity = models.UUIDField(unique=True)
    account = models.ForeignKey(
        HouseAccount,
        on_delete=models.PROTECT,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    told_by = models.ForeignKey(
        Statement,
        on_delete=models.PROTECT,
        related_name="told",
        db_index=False,
        db_constraint=False,
    )
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, related_name="lines", db_constraint=False
    )
    line_no = models.IntegerField(help_text="Where it stands in the file")
    # 1, and more where the bank booked the same again under the same reference.
    occurrence = models.IntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    booked_on = models.DateField()
    value_on = models.DateField()
    bank_reference = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    end_to_end_id = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    batch_id = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    text = models.CharField(max_length=TEXT_LENGTH, blank=True)
    code = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    counterparty = models.CharField(max_length=NAME_LENGTH, blank=True)
    return_reason = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    is_reversal = models.BooleanField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="merchants_bank_line_moves_something"
            ),
        )
        indexes = (
            models.Index(fields=["account", "booked_on"], name="merchants_bank_line_by_day"),
        )

    def __str__(self) -> str:
        return f"bank line {self.pk}"
