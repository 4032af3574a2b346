"""The documents of the payments API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from merchants.api.positions import PositionField
from merchants.api.tips import AnswersFields, TipFields
from merchants.models import Payment
from merchants.offline.issuing import public_keys
from merchants.payments.numbers import match_code
from merchants.states import PaymentState
from wallet.api.fields import MoneyField
from wallet.api.payees import CleanTextField


class PaymentRequest(serializers.Serializer[Any]):
    wallet_id = serializers.UUIDField()
    payload = serializers.CharField(
        max_length=512, trim_whitespace=False, help_text="The text of the store's code, as scanned"
    )
    amount = MoneyField(
        required=False,
        help_text="Typed by the payer, the tip included; a code for one payment has its own",
    )
    tip = MoneyField(
        required=False,
        help_text="The part of the amount that is a tip; with a code for one payment, added to it",
    )
    answers = AnswersFields(required=False, default=dict, help_text="To what the code asks for")
    memo = CleanTextField(max_length=100, allow_blank=True, default="")
    position = PositionField(required=False, help_text="Where the payer is, if it is known")


class ScannedRequest(serializers.Serializer[Any]):
    payload = serializers.CharField(
        max_length=512, trim_whitespace=False, help_text="The text of a store's code, as scanned"
    )


class AskedResponse(serializers.Serializer[Any]):
    """What a code asks for; the amount is null where the payer types it."""

    store_name = serializers.CharField()
    city = serializers.CharField()
    currency = serializers.CharField()
    amount = MoneyField(allow_null=True)
    tip = TipFields(help_text="What the code asks for beside the amount")
    prompts = serializers.ListField(
        child=serializers.CharField(), help_text="What to ask the payer for; see answers"
    )
    number = serializers.CharField(allow_null=True, help_text="Of the payment that waits")
    expires_at = serializers.DateTimeField(allow_null=True)


class PayerRequest(serializers.Serializer[Any]):
    wallet_id = serializers.UUIDField()
    tip = MoneyField(required=False, help_text="Added to the amount, where the till asks for one")
    position = PositionField(required=False, help_text="Where the payer is, if it is known")


class PaymentResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    match_code = serializers.SerializerMethodField(
        help_text="Four digits that the store's screen shows too"
    )
    state = serializers.ChoiceField(choices=PaymentState.values)
    store_name = serializers.SerializerMethodField()
    amount = MoneyField()
    tip = MoneyField(help_text="The part of the amount that is a tip")
    refunded = MoneyField()
    bill_number = serializers.CharField()
    memo = serializers.CharField()
    answers = serializers.DictField(
        child=serializers.CharField(), help_text="What the code asked the payer for"
    )
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)

    def get_store_name(self, payment: Payment) -> str:
        return "" if payment.store is None else payment.store.name

    def get_match_code(self, payment: Payment) -> str:
        return match_code(payment.number)


class IssuerKeyResponse(serializers.Serializer[Any]):
    key_id = serializers.CharField(help_text="Hexadecimal, as certificates have it")
    public_key = serializers.CharField(help_text="Ed25519, hexadecimal")


def issuer_key_documents() -> list[dict[str, str]]:
    """Return the issuer's keys that are accepted, the newest first."""
    return [
        {"key_id": key_id.hex(), "public_key": public.hex()}
        for key_id, public in public_keys().items()
    ]
