"""Tips and questions of codes, as they are on the wire."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from merchants.codes.ours.store_code import PROMPTS
from merchants.models import Merchant, Store
from wallet.api.fields import MoneyField
from wallet.api.payees import CleanTextField

_PERCENT = re.compile(r"\A[0-9]{1,2}(?:\.[0-9]{1,2})?\Z", re.ASCII)
_ANSWER_LENGTH = 25


class TipFields(serializers.Serializer[Any]):
    """A tip: none, as the payer likes, a fixed fee, or a percentage of the amount without it."""

    rule = serializers.ChoiceField(Store.TipRule.choices)
    fee = MoneyField(required=False, allow_null=True, default=None)
    percent = serializers.RegexField(
        _PERCENT, required=False, allow_null=True, default=None, help_text="Such as 12.50"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {name for name in ("fee", "percent") if attrs[name] is not None}
        needed = {"FIXED": {"fee"}, "PERCENT": {"percent"}}.get(attrs["rule"], set())
        if given != needed or (attrs["percent"] and not _bps(attrs["percent"])):
            raise serializers.ValidationError(
                "FIXED has a fee, PERCENT a percentage of more than zero.", "tip_rule_broken"
            )
        return attrs


class AnswersFields(serializers.Serializer[Any]):
    """What a code asks the payer for, by the names of EMVCo's labels."""

    bill_number = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    mobile_number = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    store_label = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    loyalty_number = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    reference_label = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    customer_label = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    terminal_label = CleanTextField(max_length=_ANSWER_LENGTH, required=False)
    purpose = CleanTextField(max_length=_ANSWER_LENGTH, required=False)


def prompts_field() -> serializers.ListField:
    """Return the field that names what a code asks the payer for."""
    return serializers.ListField(
        child=serializers.ChoiceField(PROMPTS), max_length=len(PROMPTS), required=False
    )


def take_tip(body: dict[str, Any], merchant: Merchant) -> None:
    """Put a store's tip and questions in a body as its fields, in minor units.

    Raises:
        CurrencyMismatch: the fee is in another currency than the merchant's.

    """
    if "prompts" in body:
        body["prompts"] = [name for name in PROMPTS if name in body["prompts"]]
    if "tip" not in body:
        return
    tip = body.pop("tip")
    fee: Money | None = tip["fee"]
    if fee is not None and fee.currency != merchant.currency:
        raise CurrencyMismatch(merchant.currency, fee.currency)
    body["tip_rule"] = tip["rule"]
    body["tip_minor"] = None if fee is None else fee.minor
    body["tip_bps"] = None if tip["percent"] is None else _bps(tip["percent"])


def _bps(percent: str) -> int:
    whole, _, part = percent.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))
