"""The command: making codes, checking them, uploading a file, looking, deciding."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from merchants.models import OfflineCase, Payment, Store, Voucher
from merchants.offline import cases
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from tests.merchants.cast import SENA, colleague
from tests.merchants.offline.stories import (
    DAY,
    NOON,
    load,
    open_till,
    pay,
    reserve,
    row,
    send,
    twin,
)
from tests.wallet.people import held
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("offline", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_codes_of_a_made_up_till_and_telephone() -> None:
    lines = dict(line.split(": ", 1) for line in run("simulate").splitlines())
    for name, scheme in (
        ("till shows", "jigap_till_ask"),
        ("telephone shows", "jigap_voucher"),
        ("till uploads", "jigap_voucher"),
    ):
        said = json.loads(run("check", lines[name]))
        assert said["scheme"] == scheme
        # Their issuer was made up: nobody here knows it.
        assert not said["genuine"]
    said = json.loads(run("check", lines["till uploads"]))
    assert said["voucher"]["amount"] == 12_000


def test_a_genuine_code_and_an_altered_one(payer: Wallet, phone: Telephone, till: Till) -> None:
    text = pay(phone, till, 1_000)
    assert json.loads(run("check", text))["genuine"] is True
    for code in ("x", text[:-3], "JGA1:", "JGL1:0"):
        with pytest.raises(CommandError, match="offline_code_broken"):
            run("check", code)
    assert run("keys").split()[0] == phone.certificate.key_id.hex()


def test_a_file_is_uploaded(payer: Wallet, corner_shop: Store, tmp_path: Path) -> None:
    now = timezone.now()
    other = open_till(corner_shop, "2", at=now)
    mine = load(payer, 10_000, at=now)
    file = tmp_path / "vouchers.txt"
    texts = [pay(mine, other, 2_000, at=now), pay(mine, other, 3_000, at=now)]
    file.write_text(f"{texts[0]}\tA-1\n{texts[1]}\n\nnonsense\n")
    lines = run("upload", corner_shop.merchant.public_id, str(file)).splitlines()
    assert [line.split()[1:3] for line in lines] == [
        ["PAID", "-"],
        ["PAID", "-"],
        ["REFUSED", "offline_code_broken"],
    ]
    assert Payment.objects.get(merchant_order_no="A-1").captured_minor == 2_000
    assert "1 allowances" in run("exposure")
    assert json.loads(run("exposure", "--json"))["currency"] == "KRW"
    with pytest.raises(CommandError):
        run("upload", corner_shop.merchant.public_id, str(tmp_path / "absent"))


def test_cases_and_late_vouchers(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    colleague(SENA)
    copy = twin(phone)
    send(corner_shop, [pay(phone, till, 1_000)])
    send(rival, [pay(copy, open_till(rival), 2_000)])
    case = OfflineCase.objects.get()
    assert "COUNTER_TWICE" in run("cases")
    closed = ("close-case", str(case.public_id), "--by", SENA, "--reason", "settled")
    assert "is closed" in run(*closed)
    assert run("cases") == ""
    late = pay(phone, till, 3_000)
    send(corner_shop, [late], at=NOON + 7 * DAY)
    run("run")
    assert (held(payer), reserve(payer), row(phone).state) == (47_000, 0, "RELEASED")
    digest = run("late").split()[0]
    decided = ("decide", digest, "--by", SENA, "--reason", "a fair")
    assert "PAID" in run(*decided, "--paid-by", "PAYER")
    assert held(payer) == 44_000
    assert Voucher.objects.filter(state="PAID", debt_minor=3_000).count() == 1
    with pytest.raises(CommandError, match="voucher_not_late"):
        run(*decided, "--paid-by", "LOSS")
    for wrong in ("zz", "00"):
        with pytest.raises(CommandError):
            run("decide", wrong, "--by", SENA, "--reason", "a fair", "--paid-by", "LOSS")
    assert cases.book_due(at=NOON) == 0
