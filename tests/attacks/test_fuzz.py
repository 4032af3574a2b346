"""Every address of the OpenAPI document, asked with what fits it and with what does not.

Each by itself, and in chains: with what earlier answers told, such as the id of what was made.
``FUZZ_EXAMPLES`` says how many requests an address gets, ``FUZZ_SEED`` which; ``make fuzz`` runs
long.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from knox.models import AuthToken

from ledger.balances import trial_balance
from ledger.verification import verify_ledger
from merchants.models import Store
from tests.attacks.server import Server
from tests.merchants.cast import employ
from tests.wallet.people import PASSWORD, PIN
from wallet.models import Wallet
from wallet.proof.pins import set_pin

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
# What would end the session that asks, or lock its holder out.
LEFT_OUT = "end_session|end_other_sessions|change_password|change_pin|freeze_wallet|close_wallet"


@pytest.mark.fuzz
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("phases", "examples"), [("examples,coverage,fuzzing", "10"), ("stateful", "1")]
)
def test_no_request_is_a_server_error_or_undocumented(
    phases: str, examples: str, server: Server, alice: Wallet, corner_shop: Store, tmp_path: Path
) -> None:
    wallet = alice
    employ(corner_shop.merchant, alice)
    set_pin(user=wallet.holder, pin=PIN, password=PASSWORD, at=timezone.now())
    token = AuthToken.objects.create(user=wallet.holder)[1]
    config = tmp_path / "schemathesis.toml"
    config.write_text(
        "[parameters]\n"
        f'"path.wallet_id" = "{wallet.public_id}"\n'
        f'"path.store_id" = "{corner_shop.public_id}"\n'
        f'"path.month" = "{timezone.now():%Y-%m}"\n'
    )
    shown = {
        "Authorization": f"Token {token}",
        "Wallet-Pin": PIN,
        "Merchant-Id": corner_shop.merchant.public_id,
    }
    ended = subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            *("--config-file", str(config)),
            *("run", f"{server.address}/api/v1/schema", "--url", server.address),
            *("--checks", ",".join(CHECKS), "--phases", phases),
            *("--exclude-operation-id-regex", LEFT_OUT),
            *("--max-examples", os.environ.get("FUZZ_EXAMPLES", examples)),
            *("--seed", os.environ.get("FUZZ_SEED", "1")),
            *(part for name, value in shown.items() for part in ("-H", f"{name}: {value}")),
            # One worker: on CPython 3.11 two threads that parse Python at once (as hypothesis does
            # to describe a strategy) break each other's count of the recursion depth.
            *("--no-color", "--workers", "1", "--continue-on-failure"),
        ],
        cwd=tmp_path,  # it keeps what it found there
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, report(ended.stdout) + ended.stderr[-2000:]
    assert trial_balance()["KRW"] == 0
    assert list(verify_ledger()) == []


def report(text: str) -> str:
    """Return the part of the output that tells what failed."""
    _, _, failures = text.partition(" FAILURES ")
    return (failures or text)[:6000]
