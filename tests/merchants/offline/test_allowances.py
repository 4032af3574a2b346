"""Setting money aside for a telephone, ending it, and getting back what nobody claimed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from ledger.money import Money
from merchants.errors import (
    AllowanceTooLarge,
    MerchantError,
    OfflineIssuerUnknown,
    OfflineNotEligible,
    OfflineNotOffered,
)
from merchants.models import Allowance, Store
from merchants.offline import allowances, releasing
from merchants.offline.exposure import exposure
from merchants.offline.issuing import issuer, public_keys
from merchants.offline.reference.keys import Ed25519Key, P256Key
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.revoking import revocations
from merchants.offline.wire.revocations import read_revocations
from tests.merchants.offline.stories import (
    DAY,
    HOUR,
    NOON,
    bound,
    load,
    open_till,
    pay,
    reserve,
    row,
    send,
    states,
)
from tests.wallet.people import fund, held, proven
from wallet.errors import LimitExceeded, PinRequired, WalletNotOpen
from wallet.models import AllowanceLimit, Device, Limit, Spend, Wallet
from wallet.proof.proofs import Means, Proof
from wallet.wallets.freezing import freeze_by_staff, freeze_own, unfreeze_by_staff
from wallet.wallets.obligations import obligations

pytestmark = pytest.mark.django_db
DEADLINE = NOON + 6 * DAY  # three days of the certificate, three to present


def test_money_goes_to_the_offline_account_and_counts_as_spent(payer: Wallet) -> None:
    phone = load(payer, 20_000)
    assert (held(payer), reserve(payer), phone.left) == (30_000, 20_000, 20_000)
    assert Spend.objects.get(amount_minor=20_000).purpose == "PAYMENT"
    assert [(each.kind, each.amount.minor) for each in obligations(payer)] == [
        ("OFFLINE_ALLOWANCE", 20_000)
    ]


def test_what_nobody_claimed_comes_back_after_the_deadline_and_once(
    payer: Wallet, corner_shop: Store, till: Till
) -> None:
    phone = load(payer, 20_000)
    send(corner_shop, [pay(phone, till, 5_000)])
    assert releasing.release_due(at=DEADLINE) == 0
    assert releasing.release_due(at=DEADLINE + HOUR) == 1
    assert releasing.release_due(at=DEADLINE + HOUR) == 0
    assert (held(payer), reserve(payer), row(phone).state) == (45_000, 0, "RELEASED")
    assert sorted(Spend.objects.values_list("amount_minor", flat=True)) == [-15_000, 20_000]


def test_one_that_ends_early_comes_back_once_no_till_can_be_on_its_way(payer: Wallet) -> None:
    phone = load(payer, 20_000)
    for _ in range(2):
        allowances.end(allowance=row(phone), at=NOON + HOUR)
    listed = read_revocations(revocations(at=NOON + HOUR), public_keys())
    assert listed.allowances == (phone.certificate.allowance_id,)
    assert releasing.release_due(at=NOON + 4 * DAY) == 0
    assert releasing.release_due(at=NOON + 4 * DAY + 2 * HOUR) == 1
    assert held(payer) == 50_000


def test_another_one_for_the_same_telephone_ends_the_first(payer: Wallet) -> None:
    key = Ed25519Key()
    first = load(payer, 20_000, key=key)
    load(payer, 10_000, key=key, device=row(first).device, at=NOON + HOUR)
    assert row(first).state == "ENDED"
    assert reserve(payer) == 30_000


def test_all_allowances_of_a_wallet_are_within_its_cap(
    payer: Wallet, corner_shop: Store, till: Till
) -> None:
    fund(payer, Money(100_000, "KRW"))
    first = load(payer, 80_000)
    with pytest.raises(AllowanceTooLarge) as caught:
        load(payer, 20_001)
    assert (caught.value.left, caught.value.currency) == ("20000", "KRW")
    load(payer, 20_000)
    send(corner_shop, [pay(first, till, 30_000)])
    load(payer, 30_000)
    assert reserve(payer) == 100_000


@pytest.mark.parametrize(
    "change",
    [
        {"tier": Wallet.Tier.UNVERIFIED},
        {"opened_at": NOON - timedelta(days=6)},
    ],
)
def test_who_is_new_or_unknown_may_not(payer: Wallet, change: dict[str, Any]) -> None:
    Wallet.objects.filter(pk=payer.pk).update(**change)
    with pytest.raises(OfflineNotEligible):
        load(payer, 1_000)
    assert (held(payer), Allowance.objects.count()) == (50_000, 0)


def test_another_persons_or_a_revoked_device_may_not(payer: Wallet, minji: Wallet) -> None:
    for device in (bound(minji, Ed25519Key()), bound(payer, Ed25519Key())):
        Device.objects.filter(user=payer.holder).update(revoked_at=NOON)
        with pytest.raises(OfflineNotEligible):
            load(payer, 1_000, device=device)


def test_it_needs_the_pin_an_open_wallet_and_room_in_the_limits(payer: Wallet) -> None:
    device = bound(payer, Ed25519Key())

    def issue(minor: int, proof: Proof) -> None:
        amount = Money(minor, "KRW")
        allowances.issue(wallet=payer, device=device, amount=amount, proof=proof, at=NOON)

    with pytest.raises(PinRequired):
        issue(1_000, Proof(payer.holder_id, Means.SESSION))
    Limit.objects.filter(tier="VERIFIED", period="DAY", means="ANY").update(amount_minor=500)
    with pytest.raises(LimitExceeded):
        issue(1_000, proven(payer))
    freeze_own(wallet=payer, at=NOON)
    with pytest.raises(WalletNotOpen):
        issue(100, proven(payer))
    assert held(payer) == 50_000


def test_a_lost_telephone_is_on_the_list_at_once_and_the_money_comes_back(
    payer: Wallet,
) -> None:
    phone = load(payer, 20_000)
    freeze_own(wallet=payer, at=NOON + HOUR)
    listed = read_revocations(revocations(at=NOON + HOUR), public_keys())
    assert listed.allowances == (phone.certificate.allowance_id,)
    assert releasing.release_due(at=DEADLINE + HOUR) == 1
    assert held(payer) == 50_000


def test_a_wallet_that_staff_froze_waits_and_keeps_no_other_waiting(
    payer: Wallet, minji: Wallet
) -> None:
    load(payer, 20_000)
    freeze_by_staff(wallet=payer, actor="court", reason="order", at=NOON + HOUR)
    assert releasing.release_due(at=DEADLINE + HOUR) == 0
    assert reserve(payer) == 20_000
    unfreeze_by_staff(wallet=payer, actor="court", reason="over", at=DEADLINE + HOUR)
    assert releasing.release_due(at=DEADLINE + HOUR) == 1
    assert held(payer) == 50_000


def test_a_telephone_without_ed25519_pays_too(payer: Wallet, corner_shop: Store) -> None:
    phone = load(payer, 20_000, key=P256Key())
    till = open_till(corner_shop, key=P256Key())
    assert states(send(corner_shop, [pay(phone, till, 3_000)])) == ["PAID"]


def test_another_secret_signs_and_the_one_before_is_still_accepted(
    payer: Wallet, corner_shop: Store, till: Till, settings: Any
) -> None:
    old = load(payer, 10_000)
    settings.OFFLINE_SECRETS = ["another", *settings.OFFLINE_SECRETS]
    assert issuer().key_id != old.certificate.key_id
    new = load(payer, 10_000)
    with pytest.raises(OfflineIssuerUnknown):
        pay(new, till, 1_000)
    first = pay(old, till, 1_000)
    till.issuers = new.issuers
    second = pay(load(payer, 10_000), till, 2_000)
    assert states(send(corner_shop, [first, second])) == ["PAID", "PAID"]


@override_settings(OFFLINE_SECRETS=[])
def test_without_a_secret_nothing_is_issued(payer: Wallet) -> None:
    with pytest.raises(OfflineNotOffered):
        load(payer, 1_000)
    with pytest.raises(MerchantError):
        revocations(at=NOON)


def test_the_exposure_is_what_is_out(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    send(corner_shop, [pay(phone, till, 20_000)])
    (found,) = exposure(at=NOON + 3 * HOUR)
    assert (found.unexpired.minor, found.reserves.minor, found.allowances) == (30_000, 30_000, 1)
    (day,) = found.days
    assert (day.claimed.minor, day.lost.minor, day.rate_bps) == (20_000, 0, 0)
    (found,) = exposure(at=NOON + 5 * DAY)
    assert (found.unexpired.minor, found.reserves.minor, found.allowances) == (0, 30_000, 0)
    assert AllowanceLimit.objects.get(currency="KRW").cap_minor == 100_000
