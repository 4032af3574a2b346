"""Vouchers that came after the reserve went back: nothing moves until a colleague decides."""

from __future__ import annotations

import pytest

from ledger.accounts import account_id
from ledger.balances import balance
from ledger.money import Money
from merchants.errors import VoucherNotLate
from merchants.models import MerchantAudit, OfflineCase, Store, Voucher
from merchants.offline import late, releasing
from merchants.offline.late import PaidBy
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from tests.merchants.offline.stories import DAY, HOUR, NOON, owed_to, pay, reserve, send, states
from tests.wallet.people import held, proven
from wallet.chart import OFFLINE_LOSS
from wallet.models import Wallet
from wallet.reserves import set_aside
from wallet.wallets.debts import owed

pytestmark = pytest.mark.django_db
AFTER = NOON + 6 * DAY + HOUR


@pytest.fixture
def voucher(payer: Wallet, corner_shop: Store, phone: Telephone, till: Till) -> Voucher:
    """One for 12,000 won that came too late."""
    text = pay(phone, till, 12_000)
    assert states(send(corner_shop, [text], at=AFTER)) == ["LATE"]
    releasing.release_due(at=AFTER)
    (again,) = send(corner_shop, [text], at=AFTER + HOUR)
    assert (again.state, again.code, again.is_repeat) == ("LATE", "voucher_past_deadline", True)
    assert (held(payer), reserve(payer), owed_to(corner_shop)) == (50_000, 0, 0)
    return Voucher.objects.get()


def decide(voucher: Voucher, by: PaidBy) -> str:
    return late.decide(voucher=voucher, by=by, actor="user:1", reason="it rained", at=AFTER).state


def test_the_payer_pays_with_what_is_there(
    payer: Wallet, corner_shop: Store, voucher: Voucher
) -> None:
    assert decide(voucher, PaidBy.PAYER) == "PAID"
    assert (held(payer), owed(payer).minor) == (38_000, 0)
    assert owed_to(corner_shop) == 11_790
    assert MerchantAudit.objects.get(action="offline.late").reason == "it rained"
    with pytest.raises(VoucherNotLate):
        decide(voucher, PaidBy.PAYER)


def test_what_is_not_there_is_a_debt(payer: Wallet, corner_shop: Store, voucher: Voucher) -> None:
    set_aside(
        wallet=payer,
        amount=Money(45_000, "KRW"),
        proof=proven(payer),
        reference="offline:elsewhere",
        at=AFTER,
    )
    decide(voucher, PaidBy.PAYER)
    assert (held(payer), owed(payer).minor) == (0, 7_000)
    payer.refresh_from_db()
    assert payer.status == "FROZEN"
    assert not OfflineCase.objects.exists()


def test_we_pay(payer: Wallet, corner_shop: Store, voucher: Voucher) -> None:
    decide(voucher, PaidBy.LOSS)
    assert balance(account_id(OFFLINE_LOSS, "KRW")).minor == 12_000
    assert (held(payer), owed_to(corner_shop)) == (50_000, 11_790)


def test_nobody_pays(payer: Wallet, corner_shop: Store, voucher: Voucher) -> None:
    assert decide(voucher, PaidBy.NOBODY) == "UNPAID"
    assert (held(payer), owed_to(corner_shop)) == (50_000, 0)
