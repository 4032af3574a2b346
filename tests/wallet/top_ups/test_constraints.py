"""The last wall: what PostgreSQL refuses although no use-case tries it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models
from django.utils import timezone

from wallet.models import AutoTopUp, BankAccount, BankCredit, TopUp, Wallet, Withdrawal

NOW = timezone.now()
TOP_UP = {"amount_minor": 1, "currency": "KRW", "asked_at": NOW, "poll_at": NOW}
RULE = {
    "threshold_minor": 1,
    "amount_minor": 1,
    "daily_ceiling_minor": 1,
    "currency": "KRW",
    "enabled": True,
    "set_at": NOW,
}
ACCOUNT = {
    "bank_code": "090",
    "number": "1",
    "currency": "KRW",
    "added_at": NOW,
    "poll_at": NOW,
}
SETTLED = {"status": "SETTLED", "decided_at": NOW}


def make(alice: Wallet, model: type[models.Model], values: dict[str, Any]) -> None:
    """Write a row that is right but for what ``values`` changes."""
    if model is TopUp:
        TopUp.objects.create(wallet=alice, **(TOP_UP | values))
    elif model is AutoTopUp:
        AutoTopUp.objects.create(wallet=alice, **(RULE | values))
    elif model is BankAccount:
        BankAccount.objects.create(holder=alice.holder, **(ACCOUNT | values))
    elif model is BankCredit:
        fixed = {"reference": "R", "amount_minor": 1, "currency": "KRW", "arrived_at": NOW}
        BankCredit.objects.create(**(fixed | values))
    else:
        account = BankAccount.objects.create(holder=alice.holder, **ACCOUNT)
        fixed = {"amount_minor": 1, "fee_minor": 0, "currency": "KRW", "asked_at": NOW}
        Withdrawal.objects.create(
            wallet=alice, bank_account=account, **(fixed | {"poll_at": NOW} | values)
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (TopUp, {"amount_minor": 0}, "wallet_top_up_amount_positive"),
        (TopUp, {"status": "SETTLED"}, "wallet_top_up_decided_once"),
        (TopUp, {"status": "LOST", "decided_at": NOW}, "wallet_top_up_decided_once"),
        (TopUp, {**SETTLED, "reversed_at": NOW}, "wallet_top_up_reversed_by_reference"),
        (
            TopUp,
            {"status": "REVERSED", "decided_at": NOW, "reversed_at": NOW},
            "wallet_top_up_reversed_by_reference",
        ),
        (TopUp, {"failure_reason": "X"}, "wallet_top_up_only_failures_have_reasons"),
        (TopUp, {"provider": "MAGIC"}, "wallet_top_up_provider_known"),
        (AutoTopUp, {"threshold_minor": 0}, "wallet_auto_top_up_amounts_positive"),
        (AutoTopUp, {"amount_minor": 2}, "wallet_auto_top_up_fits_its_ceiling"),
        (AutoTopUp, {"provider": "BANK_TRANSFER"}, "wallet_auto_top_up_by_card"),
        (AutoTopUp, {"paused_at": NOW}, "wallet_auto_top_up_paused_is_off"),
        (BankCredit, {"amount_minor": 0}, "wallet_bank_credit_amount_positive"),
        (BankAccount, {"status": "VERIFIED"}, "wallet_bank_account_verified_at_known"),
        (BankAccount, {"status": "AWAITING_CODE"}, "wallet_bank_account_code_was_sent"),
        (Withdrawal, {"fee_minor": -1}, "wallet_withdrawal_amount_positive"),
        (Withdrawal, {"status": "CONFIRMED"}, "wallet_withdrawal_confirmed_at_known"),
        (Withdrawal, {"status": "RETURNED"}, "wallet_withdrawal_returned_at_known"),
        (Withdrawal, {"returned_at": NOW}, "wallet_withdrawal_returned_at_known"),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    alice: Wallet, model: type[models.Model], values: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=name):
        make(alice, model, values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (TopUp, {"provider_reference": "R"}, "wallet_top_up_provider_reference_once"),
        (
            TopUp,
            {
                "status": "REVERSED",
                "decided_at": NOW,
                "reversed_at": NOW,
                "reversal_reference": "R",
            },
            "wallet_top_up_reversal_reference_once",
        ),
        (BankAccount, {}, "wallet_bank_account_once_per_holder"),
        (BankCredit, {}, "wallet_bankcredit_reference"),
    ],
)
def test_what_counts_once_is_there_once(
    alice: Wallet, model: type[models.Model], values: dict[str, Any], name: str
) -> None:
    make(alice, model, values)
    with pytest.raises(IntegrityError, match=name):
        make(alice, model, values)
