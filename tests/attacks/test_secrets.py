"""What somebody knows or carries stands in no table, no dump, no log and no document as it is."""

from __future__ import annotations

import logging
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from config import embedded_postgres
from config.postgres.programs import owner_of
from merchants.models import Store
from tests.merchants.cast import Member, employ, newcomer
from tests.wallet.devices.phones import Phone
from tests.wallet.people import BOB, PASSWORD, PIN, Caller, won
from tests.wallet.sms import code_sent
from wallet.models import Wallet


def dumped() -> str:
    """Return the whole database as pg_dump writes it."""
    database = connection.settings_dict
    done = owner_of(settings.VAR_DIR / "postgres").run(
        "pg_dump", "-h", database["HOST"], "-U", embedded_postgres.SUPERUSER, database["NAME"]
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lived(alice: Wallet, store: Store) -> dict[str, str]:
    """Do what takes secrets; return them, by what they are."""
    newcomer(BOB)
    employ(store.merchant, alice)
    body = {"phone": alice.holder.phone, "password": PASSWORD}
    token = Client().post("/api/v1/tokens", body, content_type="application/json").json()["token"]
    caller, member = Caller(alice), Member(alice, store.merchant)
    path = f"/wallets/{alice.public_id}/transfers"
    large = {"phone": BOB, "amount": won("49000")}
    step_up = caller.token("POST", path, large)
    code = code_sent(alice.holder.phone)
    made = member.post(
        "/merchant/api-keys", {"label": "till", "scopes": ["merchant:read"], "store_id": None}
    )
    assert made.status_code == 201, made.json()
    phone = Phone(alice.holder)
    phone.bind(alice)
    return {
        "password": PASSWORD,
        "token": token,
        "PIN": PIN,
        "code of a text message": code,
        "token of a step-up": step_up,
        "secret of an API key": made.json()["secret"],
        "server's key": settings.SECRET_KEY,
        "pepper": settings.PIN_PEPPER,
        "bank's secret": settings.BANK_SECRET,
    }


def stands_in(secret: str, text: str) -> bool:
    """Tell whether a secret stands in a text by itself, and not as a part of some number."""
    return re.search(rf"(?<![0-9A-Za-z.+-]){re.escape(secret)}(?![0-9A-Za-z.])", text) is not None


@pytest.mark.django_db(transaction=True)
def test_no_secret_is_in_a_dump_or_a_log(
    alice: Wallet, corner_shop: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        secrets = lived(alice, corner_shop)
    dump = dumped()
    assert stands_in(alice.holder.phone, dump)  # what is no secret is found
    logs = "\n".join(
        f"{record.getMessage()} {record.__dict__}"
        for record in caplog.records
        if not record.name.startswith("django.db")
    )
    assert "POST /api/v1/tokens 201" in logs
    for what, secret in secrets.items():
        assert not stands_in(secret, dump), f"the {what} is in the database"
        assert not stands_in(secret, logs), f"the {what} is in the logs"


@pytest.mark.django_db
def test_no_document_or_refusal_tells_of_the_machine() -> None:
    client, here = Client(), str(settings.BASE_DIR)
    for path in ("/api/v1/schema", "/api/v1/tokens", "/nothing", "/api/v1/nothing", "/readyz"):
        for method in ("GET", "POST"):
            said = client.generic(method, path, b"{", content_type="application/json")
            text = said.content.decode()
            for secret in (settings.SECRET_KEY, settings.PIN_PEPPER, here, "Traceback"):
                assert secret not in text, (method, path)
