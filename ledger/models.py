"""The book's tables. PostgreSQL keeps the invariants (see ``ledger/sql``); these are their shapes.

Sign: ``amount_minor`` and ``balance_minor`` are debit-positive. ``floor_minor`` and ``cap_minor``
bound the balance on the account's normal side, so a floor of 0 means "may not overdraw".
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.money import Money

CODE_LENGTH = 100
CURRENCY_LENGTH = 12
KIND_LENGTH = 40
REFERENCE_LENGTH = 200
REVERSAL = "REVERSAL"


class Category(models.TextChoices):
    """The five kinds of account."""

    ASSET = "ASSET", "Asset"
    LIABILITY = "LIABILITY", "Liability"
    EQUITY = "EQUITY", "Equity"
    INCOME = "INCOME", "Income"
    EXPENSE = "EXPENSE", "Expense"

    @property
    def normal_sign(self) -> int:
        """Return +1 where debits raise the balance, -1 where credits do."""
        return 1 if self in (Category.ASSET, Category.EXPENSE) else -1


class AccountStatus(models.TextChoices):
    """What an account accepts: everything, reversals only, nothing ever again."""

    OPEN = "OPEN", "Open"
    FROZEN = "FROZEN", "Frozen"
    CLOSED = "CLOSED", "Closed"


class Account(models.Model):
    """One account of the book in one currency. Its balance is written by posting only.

    What never changes after the opening (the form of the code, the category) is checked there, by
    ``ledger_open_account``: a table constraint would be checked again at every posting. Floor and
    cap are refused by ``ledger_check_account``, whoever writes the balance.

    Note [Striped accounts]: an account with ``stripes`` > 1 keeps its balance in that many rows of
    ``Stripe``, and each connection posts to the one its process id picks, so that postings to a
    hot account do not queue. Such an account has no floor and no cap (no single row knows the
    balance) and an id from ``STRIPED_FROM`` up, so that locking in order of id takes single-row
    accounts first and striped rows last. The last six bits of such an id are the number of stripes
    less one, so that posting need not look it up.
    """

    STRIPED_FROM = 1 << 40

    id = models.BigIntegerField(primary_key=True, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, db_collation="C")
    currency = models.CharField(max_length=CURRENCY_LENGTH, db_collation="C")
    category = models.CharField(max_length=9, choices=Category, db_collation="C")
    normal_sign = models.SmallIntegerField(editable=False)
    floor_minor = models.BigIntegerField(null=True, blank=True)
    cap_minor = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(
        max_length=6, choices=AccountStatus, default=AccountStatus.OPEN, db_collation="C"
    )
    stripes = models.SmallIntegerField(default=1)
    balance_minor = models.BigIntegerField(default=0, editable=False)
    metadata = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "currency"], name="ledger_account_code_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"


class Stripe(models.Model):
    """One of the balance rows of a striped account; status and currency repeat the account's."""

    pk = models.CompositePrimaryKey("account_id", "stripe")
    # No foreign-key constraint: its triggers would run at each change of a balance.
    account = models.ForeignKey(
        Account,
        on_delete=models.DO_NOTHING,
        related_name="stripe_rows",
        db_constraint=False,
        db_index=False,
    )
    stripe = models.SmallIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH, db_collation="C")
    status = models.CharField(max_length=6, db_collation="C")
    balance_minor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account_id}/{self.stripe}"


class Transaction(models.Model):
    """A balanced set of entries; it counts from ``effective_at``, was written ``recorded_at``."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=KIND_LENGTH, db_collation="C")
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reverses = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="reversals",
        db_constraint=False,
        db_index=False,
    )
    description = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reference"], name="ledger_transaction_reference_unique"
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_transaction_reverses_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Entry(models.Model):
    """One debit (positive) or credit (negative) line of a transaction.

    The two references carry no foreign-key constraint: only the posting functions insert, rows are
    never deleted, and the check would cost a sixth of the posting rate.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(
        Transaction,
        on_delete=models.DO_NOTHING,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.DO_NOTHING,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH, db_collation="C")
    effective_at = models.DateTimeField()
    balance_after_minor = models.BigIntegerField(
        null=True, help_text="Debit-positive balance after this entry; empty on striped accounts"
    )
    up_to_minor = models.BigIntegerField(
        null=True, help_text="What a sweep was asked to move at most, debit-positive"
    )
    stripe = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.amount} on account {self.account_id}"

    @property
    def amount(self) -> Money:
        """The signed amount, debit positive."""
        return Money(self.amount_minor, self.currency)


class Seal(models.Model):
    """A closed block of transactions: everything up to ``through_id`` not in an earlier seal.

    ``merkle_root`` covers the block's transactions; ``chain_hash`` it and the previous seal;
    ``leaves`` says which transaction was changed when the root no longer fits.
    """

    id = models.BigAutoField(primary_key=True)
    previous = models.OneToOneField("self", null=True, on_delete=models.DO_NOTHING)
    after_id = models.BigIntegerField()
    through_id = models.BigIntegerField()
    transaction_count = models.BigIntegerField()
    leaves = models.BinaryField(help_text="Per transaction its id (8 bytes) and hash (32 bytes)")
    merkle_root = models.BinaryField()
    chain_hash = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["after_id"], name="ledger_seal_blocks_do_not_overlap"),
            models.CheckConstraint(
                condition=Q(through_id__gt=F("after_id")), name="ledger_seal_block_not_empty"
            ),
        )

    def __str__(self) -> str:
        return f"seal {self.pk} through transaction {self.through_id}"


class PeriodState(models.TextChoices):
    """What a month takes: every posting, permitted ones only, none ever again."""

    OPEN = "OPEN", "Open"
    SOFT_CLOSED = "SOFT_CLOSED", "Soft-closed"
    LOCKED = "LOCKED", "Locked"


class Period(models.Model):
    """A month that is closed, or was: it reaches from the end of the row before to ``ends_at``.

    Note [Closed periods]: an entry belongs to the first period that ends after its
    ``effective_at``. A month without a row is open. It is closed two hours after its end at the
    earliest, so a posting dated less than an hour back cannot fall into one and is not looked at:
    that is every payment, which therefore reads no period and takes no lock. A posting dated
    further back keeps the periods as they are until it is committed. ``closing_xid`` is the
    database transaction that closed the month; it is locked once all before that have ended.
    """

    name = models.CharField(max_length=7, primary_key=True, db_collation="C")
    ends_at = models.DateTimeField(unique=True)
    state = models.CharField(max_length=11, choices=PeriodState, db_collation="C")
    closing_xid = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(name__regex="^[0-9]{4}-(0[1-9]|1[0-2])$"),
                name="ledger_period_is_month",
            ),
        )

    def __str__(self) -> str:
        return self.name


class PeriodChange(models.Model):
    """Who closed, locked or opened a period again, who approved it, and why."""

    period = models.ForeignKey(Period, on_delete=models.DO_NOTHING, related_name="changes")
    state = models.CharField(max_length=11, choices=PeriodState)
    maker = models.CharField(max_length=64)
    checker = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(maker=F("checker")) & ~Q(maker="") & ~Q(checker="") & ~Q(reason=""),
                name="ledger_period_two_persons",
            ),
        )

    def __str__(self) -> str:
        return f"{self.period_id} {self.state}"


class PeriodPermit(models.Model):
    """That one reference may be posted into a soft-closed period; locked ones take none."""

    period = models.ForeignKey(Period, on_delete=models.DO_NOTHING, related_name="permits")
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True, db_collation="C")
    maker = models.CharField(max_length=64)
    checker = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    permitted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(maker=F("checker")) & ~Q(maker="") & ~Q(checker="") & ~Q(reason=""),
                name="ledger_permit_two_persons",
            ),
        )

    def __str__(self) -> str:
        return f"{self.period_id} {self.reference}"
