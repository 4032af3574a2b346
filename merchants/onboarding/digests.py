"""What an approver saw, as a digest: approving something else is refused."""

from __future__ import annotations

import hashlib
import json

from merchants.models import Application, FeePlan, FeeRate, MerchantBankAccount, Price

_ASKED = (
    "legal_name",
    "kind",
    "registration_number",
    "contact_name",
    "contact_phone",
    "contact_email",
    "currency",
    "bank_code",
    "bank_number",
    "bank_holder_name",
    "store_name",
    "store_latin_name",
    "store_city",
    "store_address",
    "merchant_category_code",
)
_PRICE = ("rate_bps", "fixed_minor", "minimum_minor", "maximum_minor")


def application_facts(application: Application) -> dict[str, object]:
    """Return all that is decided upon: what was asked, by whom, and the terms proposed."""
    asked: dict[str, object] = {name: getattr(application, name) for name in _ASKED}
    plan = application.fee_plan
    return asked | {
        "application": str(application.public_id),
        "applicant": application.applicant_id,
        "reviewed_by": application.reviewed_by_id,
        "fee_plan": None if plan is None else plan_facts(plan),
    }


def plan_facts(plan: FeePlan) -> dict[str, object]:
    """Return the terms of a plan, its rates in order."""
    rates = FeeRate.objects.filter(plan=plan).order_by("kind", "from_turnover_minor")
    return {
        "name": plan.name,
        "currency": plan.currency,
        "vat_bps": plan.vat_bps,
        "returns_fee": plan.returns_fee,
        **_price(plan),
        "rates": [
            {"kind": r.kind, "from_turnover_minor": r.from_turnover_minor, **_price(r)}
            for r in rates
        ],
    }


def account_facts(account: MerchantBankAccount) -> dict[str, object]:
    """Return all that is decided upon when a merchant's bank account changes."""
    return {
        "request": str(account.public_id),
        "merchant": account.merchant.public_id,
        "bank_code": account.bank_code,
        "number": account.number,
        "holder_name": account.holder_name,
        "requested_by": account.requested_by_id,
    }


def digest_of(facts: dict[str, object]) -> str:
    """Return the SHA-256, in hex, of facts in their canonical form."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _price(price: Price) -> dict[str, object]:
    return {name: getattr(price, name) for name in _PRICE}
