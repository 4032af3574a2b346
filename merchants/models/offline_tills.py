"""Tills that accept payments without a network: on which terms, and under which certificates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from merchants.models.merchants import Merchant, Terminal
from merchants.models.payments import Payment
from wallet.models.devices import MOST_KEY_BYTES

SHORT_BYTES, SIGNATURE_BYTES, BODY_BYTES = 8, 64, 250


class OfflineTerms(models.Model):
    """How much a merchant accepts without a network, in minor units of its currency.

    ``each_minor`` of one voucher, ``allowance_minor`` of one telephone at one till, which is also
    what is guaranteed of it; ``day_minor`` of a till and day, ``stored_minor`` of what a till has
    not uploaded yet.
    """

    merchant = models.OneToOneField(
        Merchant, on_delete=models.PROTECT, primary_key=True, related_name="offline_terms"
    )
    accepts = models.BooleanField()
    each_minor = models.BigIntegerField()
    allowance_minor = models.BigIntegerField()
    day_minor = models.BigIntegerField()
    stored_minor = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    each_minor__gt=0,
                    allowance_minor__gte=F("each_minor"),
                    # A hostile telephone costs this much at each till that has not heard of it.
                    allowance_minor__lte=F("each_minor") * 2,
                    day_minor__gte=F("allowance_minor"),
                    stored_minor__gte=F("allowance_minor"),
                    stored_minor__lt=2**32,
                ),
                name="merchants_offline_terms_sound",
            ),
        )

    def __str__(self) -> str:
        return f"offline terms of merchant {self.merchant_id}"


class TillCertificate(models.Model):
    """What the issuer signed of a till; ``body`` is the record as the wire has it."""

    till_id = models.BinaryField(max_length=SHORT_BYTES, unique=True)
    terminal = models.ForeignKey(
        Terminal, on_delete=models.PROTECT, related_name="till_certificates"
    )
    public_key = models.BinaryField(max_length=MOST_KEY_BYTES)
    body = models.BinaryField(max_length=BODY_BYTES)
    signature = models.BinaryField(max_length=SIGNATURE_BYTES)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["terminal"],
                condition=Q(revoked_at__isnull=True),
                name="merchants_till_certificate_one_current",
            ),
        )

    def __str__(self) -> str:
        return f"till certificate {bytes(self.till_id).hex()}"


class TillNonce(models.Model):
    """What a till asked for, once it was paid: by a payer with a network, or by a voucher.

    ``payment`` is empty where a voucher came too late to be paid by itself. Never changed.
    """

    till = models.ForeignKey(TillCertificate, on_delete=models.PROTECT, related_name="nonces")
    nonce = models.BinaryField(max_length=SHORT_BYTES)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="till_nonces"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["till", "nonce"], name="merchants_till_nonce_once"),
        )

    def __str__(self) -> str:
        return f"nonce {self.pk}"
