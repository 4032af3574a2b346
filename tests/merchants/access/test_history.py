"""What happened is neither changed nor removed: what the application's own role may not do."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client

from ledger.balances import trial_balance
from merchants.models import Refund, Store
from tests.ledger.sql import APP, NO_RIGHT, refused, run
from tests.merchants.cast import keyed
from tests.wallet.codes.phones import enrolled
from tests.wallet.people import Caller, held, won
from wallet.models import Transfer, Wallet

pytestmark = pytest.mark.django_db

NEVER_CHANGED = (
    *("merchants_refund", "merchants_disputeevidence", "merchants_settlementitem"),
    *("merchants_merchantaudit", "merchants_deed", "merchants_riskhit", "merchants_tillnonce"),
    *("merchants_feeplan", "merchants_feeagreement", "merchants_statement"),
    *("merchants_breakstep", "merchants_matchstep", "merchants_lateentry"),
    *("wallet_transfer", "wallet_activitynote", "wallet_billsplit", "wallet_debt"),
    *("wallet_spend", "wallet_walletaudit"),
)
NEVER_REMOVED = (
    *NEVER_CHANGED,
    *("merchants_payment", "merchants_voucher", "merchants_allowance", "merchants_dispute"),
    *("merchants_settlement", "merchants_payout", "merchants_payoutrun", "merchants_adjustment"),
    *("merchants_merchant", "merchants_store", "merchants_terminal", "merchants_apikey"),
    *("merchants_application", "merchants_merchantbankaccount", "merchants_staffrole"),
    *("merchants_merchantevent", "merchants_bankline", "merchants_breakresolution"),
    *("merchants_safeguardingday", "merchants_reconciliationday", "merchants_offlinecase"),
    *("wallet_user", "wallet_wallet", "wallet_device", "wallet_bankaccount", "wallet_topup"),
    *("wallet_bankcredit", "wallet_withdrawal", "wallet_hold", "wallet_claim", "wallet_event"),
    *("wallet_moneyrequest", "wallet_scheduledtransfer", "wallet_notice"),
)


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_the_application_cannot_change_what_happened(table: str) -> None:
    column = first_column(table)
    assert refused(f"UPDATE {table} SET {column} = {column}", role=APP) == NO_RIGHT


@pytest.mark.parametrize("table", NEVER_REMOVED)
def test_the_application_cannot_remove_what_happened(table: str) -> None:
    assert refused(f"DELETE FROM {table}", role=APP) == NO_RIGHT
    assert refused(f"TRUNCATE {table} CASCADE", role=APP) == NO_RIGHT


@pytest.mark.parametrize("table", ["merchants_refund", "wallet_transfer"])
def test_the_owner_of_the_tables_cannot_either(table: str) -> None:
    assert refused(f"UPDATE {table} SET id = id") == "ledger_append_only"
    assert refused(f"DELETE FROM {table}") == "ledger_append_only"


def test_a_payment_is_removed_by_nobody() -> None:
    assert refused("DELETE FROM merchants_payment") == "ledger_append_only"


def test_people_send_pay_and_get_back_as_the_application(
    alice: Wallet, minji: Wallet, corner_shop: Store
) -> None:
    code, caller = enrolled(alice).code(), Caller(alice)
    secret = keyed(corner_shop.merchant, "payments:write", "refunds:write")[1]
    run(f"SET LOCAL ROLE {APP}")

    sent = caller.post(
        f"/wallets/{alice.public_id}/transfers",
        {"phone": minji.holder.phone, "amount": won("1000")},
    )
    body: dict[str, object] = {
        "store_id": corner_shop.public_id,
        "order_no": "A-1",
        "amount": won("12000"),
    }
    paid = till(secret, "", body | {"code": code})
    given = till(secret, f"/{paid['number']}/refunds", {"refund_no": "R", "amount": won("5000")})

    assert (sent.status_code, paid["state"], given["refund_no"]) == (201, "SUCCEEDED", "R")
    assert (held(alice), held(minji)) == (42_000, 1_000)
    assert (Transfer.objects.count(), Refund.objects.count()) == (1, 1)
    assert trial_balance() == {"KRW": 0}


def first_column(table: str) -> str:
    ((name,),) = run(
        f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 1"
    )
    return str(name)


def till(secret: str, path: str, body: dict[str, object]) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
    answer = Client(headers=headers).post(
        f"/api/v1/merchant/payments{path}", json.dumps(body), content_type="application/json"
    )
    said: dict[str, str] = answer.json()
    assert answer.status_code == 201, said
    return said
