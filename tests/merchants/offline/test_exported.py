"""Finance sees at which till a voucher was taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from merchants.models import Store, TillCertificate
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from tests.merchants.exports.files import rows
from tests.merchants.offline.stories import NOON, pay, send, states
from tests.merchants.settlement.days import close
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def test_the_line_of_a_voucher_names_its_till(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    assert states(send(corner_shop, [pay(phone, till, 12_000)], at=NOON)) == ["PAID"]
    day = NOON.date()
    close(corner_shop, day)
    around = (day - timedelta(days=1), day + timedelta(days=1))
    (line,) = [row for row in rows("R2", days=around) if row["line_type"] == "PAYMENT"]
    assert line["payment_method"] == "OFFLINE"
    assert line["terminal_id"] == TillCertificate.objects.get().terminal.public_id
