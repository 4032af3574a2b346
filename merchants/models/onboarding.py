"""How a merchant comes to be one, where it is paid to, and who decided what about it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from merchants.models.fees import FeePlan
from merchants.models.merchants import (
    ADDRESS_LENGTH,
    EMAIL_LENGTH,
    NAME_LENGTH,
    REGISTRATION_LENGTH,
    Merchant,
    MerchantKind,
)
from wallet.models import User
from wallet.models.people import PHONE_LENGTH
from wallet.models.top_ups import ACCOUNT_NUMBER_LENGTH
from wallet.models.wallets import REASON_LENGTH
from wallet.models.withdrawals import SHOWN_DIGITS

DIGEST_LENGTH = 64


class Application(models.Model):
    """What somebody asks for as a merchant; one person reviews it, another one approves it.

    ``approved_digest`` is the SHA-256, in hex, of what the approver was shown.
    """

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", "Submitted"
        REVIEWED = "REVIEWED", "Reviewed"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="applications")
    legal_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=11, choices=MerchantKind)
    registration_number = models.CharField(max_length=REGISTRATION_LENGTH)
    contact_name = models.CharField(max_length=NAME_LENGTH)
    contact_phone = models.CharField(max_length=PHONE_LENGTH)
    contact_email = models.CharField(max_length=EMAIL_LENGTH)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    bank_code = models.CharField(max_length=4)
    bank_number = models.CharField(max_length=ACCOUNT_NUMBER_LENGTH)
    bank_holder_name = models.CharField(max_length=NAME_LENGTH)
    store_name = models.CharField(max_length=25)
    store_latin_name = models.CharField(max_length=25)
    store_city = models.CharField(max_length=15)
    store_address = models.CharField(max_length=ADDRESS_LENGTH)
    merchant_category_code = models.CharField(max_length=4)
    state = models.CharField(max_length=9, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField()
    fee_plan = models.ForeignKey(FeePlan, on_delete=models.PROTECT, null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    rejection = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=["SUBMITTED", "REVIEWED", "APPROVED", "REJECTED", "WITHDRAWN"]
                ),
                name="merchants_application_state_known",
            ),
            # Written so that a null fails instead of passing: an approval has both persons.
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | Q(
                    ~Q(reviewed_by=F("decided_by"))
                    & ~Q(reviewed_by=F("applicant"))
                    & ~Q(decided_by=F("applicant")),
                    reviewed_by__isnull=False,
                    decided_by__isnull=False,
                ),
                name="merchants_application_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | Q(
                    approved_digest__regex="^[0-9a-f]{64}$",
                    merchant__isnull=False,
                    fee_plan__isnull=False,
                ),
                name="merchants_application_approval_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="REJECTED") | ~Q(rejection=""),
                name="merchants_application_rejection_says_why",
            ),
            models.UniqueConstraint(
                fields=["registration_number", "currency"],
                condition=Q(state__in=["SUBMITTED", "REVIEWED"]),
                name="merchants_application_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"application {self.public_id}"


class MerchantBankAccount(models.Model):
    """Where a merchant is paid to, or asks to be: approved by another person than asked for it.

    Paid to is the approved one with the latest ``usable_from`` that has come.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "Requested"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"
        CANCELLED = "CANCELLED", "Cancelled"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="bank_accounts")
    bank_code = models.CharField(max_length=4)
    number = models.CharField(max_length=ACCOUNT_NUMBER_LENGTH)
    holder_name = models.CharField(max_length=NAME_LENGTH)
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    usable_from = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["REQUESTED", "APPROVED", "REJECTED", "CANCELLED"]),
                name="merchants_bank_account_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | Q(
                    ~Q(requested_by=F("decided_by")),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    approved_digest__regex="^[0-9a-f]{64}$",
                ),
                name="merchants_bank_account_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="APPROVED",
                    usable_from__isnull=False,
                    usable_from__gte=F("decided_at"),
                )
                | (~Q(state="APPROVED") & Q(usable_from__isnull=True)),
                name="merchants_bank_account_usable_once_approved",
            ),
            models.UniqueConstraint(
                fields=["merchant"],
                condition=Q(state="REQUESTED"),
                name="merchants_bank_account_one_request",
            ),
        )

    def __str__(self) -> str:
        return f"bank account {self.masked}"

    @property
    def masked(self) -> str:
        """The number as it is shown: its last four characters."""
        return "*" * (len(self.number) - SHOWN_DIGITS) + self.number[-SHOWN_DIGITS:]


class MerchantAudit(models.Model):
    """Who did what about a merchant or an application, when and why; never changed.

    ``facts`` are JSON values such as ids and amounts, never a secret.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, related_name="audits"
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, related_name="audits"
    )
    action = models.CharField(max_length=40)
    actor = models.CharField(max_length=64)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(merchant__isnull=False) | Q(application__isnull=False),
                name="merchants_audit_of_something",
            ),
            models.CheckConstraint(
                condition=~Q(action="") & ~Q(actor=""), name="merchants_audit_says_who_and_what"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"
