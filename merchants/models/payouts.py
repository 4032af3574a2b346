"""What is paid out to merchants' bank accounts, and the files that carry it to the bank."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from merchants.models.merchants import Merchant
from merchants.models.onboarding import DIGEST_LENGTH, MerchantBankAccount
from merchants.states import FileState, PayoutState
from wallet.models import User
from wallet.models.top_ups import BANK_REFERENCE_LENGTH
from wallet.models.wallets import REASON_LENGTH

NUMBER_LENGTH = 12


class PayoutRun(models.Model):
    """Payouts that go to the bank together, in one file: proposed, signed twice, sent once.

    ``maker`` and ``checker`` both gave the digest of what they had seen. ``number`` is the file's
    message id. ``file`` is written once; its bytes are what is sent.
    """

    class Version(models.TextChoices):
        V09 = "pain.001.001.09", "pain.001.001.09"
        V03 = "pain.001.001.03", "pain.001.001.03"

    number = models.CharField(max_length=NUMBER_LENGTH, unique=True)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    due_on = models.DateField()
    version = models.CharField(max_length=15, choices=Version, default=Version.V09)
    state = models.CharField(max_length=9, choices=FileState, default=FileState.DRAFT)
    payout_count = models.IntegerField()
    total_minor = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    maker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    checker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    file = models.BinaryField(null=True)
    file_sha256 = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    poll_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=FileState.values), name="merchants_payout_run_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "CANCELLED"])
                | Q(
                    ~Q(maker=F("checker")),
                    maker__isnull=False,
                    checker__isnull=False,
                    checked_at__isnull=False,
                    approved_digest__regex="^[0-9a-f]{64}$",
                ),
                name="merchants_payout_run_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "SIGNED", "CANCELLED"], file__isnull=True)
                | Q(
                    ~Q(state__in=["DRAFT", "SIGNED", "CANCELLED"]),
                    file__isnull=False,
                    file_sha256__regex="^[0-9a-f]{64}$",
                ),
                name="merchants_payout_run_file_written",
            ),
            models.CheckConstraint(
                condition=Q(payout_count__gt=0, total_minor__gt=0),
                name="merchants_payout_run_pays_something",
            ),
        )
        indexes = (
            models.Index(
                fields=["poll_at"],
                condition=Q(state__in=["SIGNED", "BUILT", "SENT", "UNKNOWN", "ACKED", "PARTIAL"]),
                name="merchants_payout_run_to_poll",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        """What its payouts come to."""
        return Money(self.total_minor, self.currency)


class Payout(models.Model):
    """Money on its way to a merchant's bank account, for one or several settlements.

    ``number`` is the end-to-end id at the bank: PO, nine digits and a check digit. The ledger
    transactions: ``transaction_id`` took it from what is payable, ``paid_transaction_id`` from
    what is in transit, ``restored_transaction_id`` made it payable again.
    """

    number = models.CharField(max_length=NUMBER_LENGTH, unique=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="payouts")
    bank_account = models.ForeignKey(
        MerchantBankAccount, on_delete=models.PROTECT, related_name="payouts"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    due_on = models.DateField()
    state = models.CharField(max_length=14, choices=PayoutState, default=PayoutState.CREATED)
    # The bank's code for a rejection or return (ISO 20022 external status reason), and its words.
    reason_code = models.CharField(max_length=4, blank=True, default="")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    bank_reference = models.CharField(max_length=BANK_REFERENCE_LENGTH, blank=True, default="")
    retry_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="retried_by"
    )
    transaction_id = models.BigIntegerField(null=True)
    paid_transaction_id = models.BigIntegerField(null=True)
    restored_transaction_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    # Its money became a line of a later settlement instead of being paid out again.
    folded_at = models.DateTimeField(null=True)
    poll_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="merchants_payout_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(number__regex="^PO[0-9]{10}$"), name="merchants_payout_number_formed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PayoutState.values), name="merchants_payout_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PAID", "RECONCILED", "RETURNED"])
                | Q(paid_transaction_id__isnull=False, paid_at__isnull=False),
                name="merchants_payout_paid_in_the_book",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["FUNDS_RESTORED", "CANCELLED"],
                    restored_transaction_id__isnull=False,
                )
                | Q(
                    ~Q(state__in=["FUNDS_RESTORED", "CANCELLED"]),
                    restored_transaction_id__isnull=True,
                ),
                name="merchants_payout_restored_in_the_book",
            ),
            models.CheckConstraint(
                condition=Q(folded_at__isnull=True) | Q(state="FUNDS_RESTORED"),
                name="merchants_payout_folded_once_restored",
            ),
        )
        indexes = (
            models.Index(
                fields=["poll_at"],
                condition=Q(state__in=["SUBMITTED", "UNKNOWN", "ACCEPTED"]),
                name="merchants_payout_to_poll",
            ),
            models.Index(fields=["merchant", "-id"], name="merchants_payout_latest"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Money:
        """What is paid."""
        return Money(self.amount_minor, self.currency)


class Adjustment(models.Model):
    """A correction of what a merchant is owed: asked for by one person, decided by another.

    Positive: the merchant gets more. It is posted when it is approved, and is a line of the
    settlement of that day.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "Requested"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="adjustments")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    reason = models.CharField(max_length=REASON_LENGTH)
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    transaction_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(amount_minor=0) & ~Q(reason=""),
                name="merchants_adjustment_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="REQUESTED", decided_by__isnull=True)
                | Q(
                    ~Q(requested_by=F("decided_by")),
                    state__in=["APPROVED", "REJECTED"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="merchants_adjustment_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="APPROVED",
                    transaction_id__isnull=False,
                    approved_digest__regex="^[0-9a-f]{64}$",
                )
                | (~Q(state="APPROVED") & Q(transaction_id__isnull=True)),
                name="merchants_adjustment_approved_in_the_book",
            ),
        )

    def __str__(self) -> str:
        return f"adjustment {self.pk}"
