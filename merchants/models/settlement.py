"""What each merchant is owed for a business day.

Note [Ids of settlements]: the id of a settlement is made of its run's and its merchant's, so that
whoever computes it, in whatever order of shards, writes the same rows.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH, Entry
from merchants.models.merchants import Merchant
from merchants.models.onboarding import DIGEST_LENGTH
from merchants.models.payments import Payment
from merchants.models.payouts import Payout
from merchants.models.runs import SettlementRun
from merchants.states import LineType, ReserveState, SettlementState
from wallet.models.wallets import REASON_LENGTH

ACTOR_LENGTH = 64


class Settlement(models.Model):
    """What a merchant is owed for a business day: its lines, whose sum is ``net_minor``.

    Everything but state, reason, approval and payout is final. ``content_sha256`` is the digest of
    the settlement's file, which holds the digest of the settlement before it. Amounts are positive
    in the sense of their name; adjustments and what is carried have a sign.
    """

    id = models.BigIntegerField(primary_key=True, editable=False)
    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="settlements")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="settlements")
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="+")
    business_date = models.DateField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    # The terms it was computed by, so that it can be computed again when they have changed.
    vat_bps = models.IntegerField()
    reserve_bps = models.IntegerField()
    minimum_payout_minor = models.BigIntegerField()
    item_count = models.IntegerField()
    payment_count = models.IntegerField()
    payment_gross_minor = models.BigIntegerField()
    refund_count = models.IntegerField()
    refund_minor = models.BigIntegerField()
    dispute_count = models.IntegerField()
    dispute_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    fee_refund_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    reserve_hold_minor = models.BigIntegerField()
    reserve_release_minor = models.BigIntegerField()
    adjustment_minor = models.BigIntegerField()
    payout_return_minor = models.BigIntegerField()
    carry_in_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField()
    carry_out_minor = models.BigIntegerField()
    # The first business day since which something of this sign was carried; its age.
    carried_since = models.DateField(null=True)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=SettlementState)
    hold_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    approved_by = models.CharField(max_length=ACTOR_LENGTH, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, related_name="settlements"
    )
    content_sha256 = models.CharField(max_length=DIGEST_LENGTH)
    closed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["run", "merchant", "currency"], name="merchants_settlement_closed_once"
            ),
            models.UniqueConstraint(
                fields=["merchant"],
                condition=Q(previous__isnull=True),
                name="merchants_settlement_one_first",
            ),
            models.CheckConstraint(
                condition=Q(
                    net_minor=F("payment_gross_minor")
                    - F("refund_minor")
                    - F("dispute_minor")
                    - F("fee_minor")
                    + F("fee_refund_minor")
                    - F("vat_minor")
                    - F("reserve_hold_minor")
                    + F("reserve_release_minor")
                    + F("adjustment_minor")
                    + F("payout_return_minor")
                    + F("carry_in_minor")
                ),
                name="merchants_settlement_lines_sum_to_net",
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("payout_minor") + F("carry_out_minor"))
                & (Q(payout_minor=0) | Q(payout_minor__gt=0, carry_out_minor=0)),
                name="merchants_settlement_net_paid_or_carried",
            ),
            models.CheckConstraint(
                condition=Q(
                    payment_gross_minor__gte=0,
                    refund_minor__gte=0,
                    fee_minor__gte=0,
                    fee_refund_minor__gte=0,
                    reserve_hold_minor__gte=0,
                    reserve_release_minor__gte=0,
                    payout_return_minor__gte=0,
                ),
                name="merchants_settlement_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SettlementState.values),
                name="merchants_settlement_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PAYABLE", "PAID_OUT", "RECONCILED"])
                | Q(payout_minor__gt=0),
                name="merchants_settlement_pays_something",
            ),
            models.CheckConstraint(
                condition=Q(Q(state="HELD") & ~Q(hold_reason=""))
                | Q(~Q(state="HELD"), hold_reason=""),
                name="merchants_settlement_hold_says_why",
            ),
            models.CheckConstraint(
                condition=Q(content_sha256__regex="^[0-9a-f]{64}$"),
                name="merchants_settlement_has_digest",
            ),
        )
        indexes = (
            models.Index(fields=["merchant", "-id"], name="merchants_settlement_latest"),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["PAYABLE", "HELD"]),
                name="merchants_settlement_due",
            ),
        )

    def __str__(self) -> str:
        return f"settlement {self.pk}"

    @property
    def minimum_hold_minor(self) -> int:
        """What is carried only because it is less than the minimum payout."""
        return max(0, self.carry_out_minor)


class SettlementItem(models.Model):
    """One ledger entry of a settlement; an entry is settled once, ever: it is the primary key.

    The entry's amount is ``gross - fee``; the share of VAT is booked for the settlement as a
    whole. ``original_business_date`` is the day that a late entry belonged to.
    """

    entry = models.OneToOneField(
        Entry,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="settlement_item",
    )
    # Constraints of the three references would be checked row by row; the trigger that compares
    # all items of a settlement with it and with the book does so once.
    settlement = models.ForeignKey(
        Settlement,
        on_delete=models.PROTECT,
        related_name="items",
        db_constraint=False,
        db_index=False,
    )
    line_no = models.IntegerField()
    line_type = models.CharField(max_length=16, choices=LineType)
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    is_late = models.BooleanField()
    original_business_date = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["settlement", "line_no"], name="merchants_settlement_item_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("fee_minor") - F("vat_minor")),
                name="merchants_settlement_item_net_is_the_rest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.settlement_id}/{self.line_no}"


class Reserve(models.Model):
    """What a settlement held back, and which later one released it."""

    held_in = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="reserve")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="reserves")
    amount_minor = models.BigIntegerField()
    release_on = models.DateField()
    state = models.CharField(max_length=15, choices=ReserveState, default=ReserveState.HELD)
    released_in = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, related_name="released"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="merchants_reserve_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="RELEASED", released_in__isnull=False)
                | Q(~Q(state="RELEASED"), released_in__isnull=True),
                name="merchants_reserve_released_somewhere",
            ),
        )
        indexes = (
            models.Index(
                fields=["merchant", "release_on"],
                condition=Q(state="HELD"),
                name="merchants_reserve_held",
            ),
        )

    def __str__(self) -> str:
        return f"reserve {self.pk}"
