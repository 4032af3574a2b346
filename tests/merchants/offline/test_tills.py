"""What a till checks by itself, without a network; and how it gets its certificate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from merchants.errors import (
    AllowanceSpent,
    CertificateExpired,
    MerchantError,
    MerchantSuspended,
    OfflineNotAccepted,
    OfflineSignatureWrong,
    OfflineTermsUnsound,
    TillKeyInvalid,
    TillLimitReached,
    TillMustSynchronize,
    VoucherAboveCap,
    VoucherExpired,
    VoucherOtherPayment,
    VoucherOtherTill,
    VoucherOutOfOrder,
    VoucherReplayed,
    VoucherRevoked,
)
from merchants.models import Merchant, MerchantAudit, OfflineTerms, Store, TillCertificate
from merchants.offline import allowances, tills
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.revoking import revocations
from merchants.offline.wire.vouchers import VoucherCode
from merchants.premises.terminals import add_terminal
from tests.merchants.cast import refused_by
from tests.merchants.offline.stories import (
    CEILINGS,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    certificate_of,
    open_till,
    opt_in,
    pay,
    row,
    seconds,
    twin,
)

pytestmark = pytest.mark.django_db
AT = seconds(NOON + HOUR)


def answer(phone: Telephone, till: Till, **changes: object) -> str:
    """A voucher for 1,000 won, with something else in it."""
    said = VoucherCode.read(twin(phone).pay(till.ask(1_000, at=AT), at=AT)).voucher
    return phone.sign(replace(said, **changes))  # type: ignore[arg-type]


def test_a_till_takes_a_voucher_once(phone: Telephone, till: Till) -> None:
    text = pay(phone, till, 12_000)
    with pytest.raises(VoucherReplayed):
        till.accept(text, at=AT)
    assert till.book.stored == 12_000


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": 999, "cumulative": 999}, VoucherOtherPayment),
        ({"currency": "USD"}, VoucherOtherPayment),
        ({"nonce": b"another1"}, VoucherOtherPayment),
        ({"asked_at": AT + 1}, VoucherOtherPayment),
        ({"till_id": b"another1"}, VoucherOtherTill),
        ({"allowance_id": b"another1"}, VoucherOtherPayment),
        ({"cumulative": 50_001}, VoucherAboveCap),
        ({"cumulative": 999}, VoucherAboveCap),
        ({"counter": 51}, VoucherAboveCap),
        ({"counter": 0}, VoucherAboveCap),
        ({"cumulative": 1_001}, VoucherOutOfOrder),
    ],
)
def test_a_voucher_that_says_something_else_is_refused(
    phone: Telephone, till: Till, changes: dict[str, object], error: type[MerchantError]
) -> None:
    with pytest.raises(error):
        till.accept(answer(phone, till, **changes), at=AT)
    assert till.batch() == []


def test_what_another_key_signed_is_refused(phone: Telephone, till: Till) -> None:
    thief = twin(phone)
    thief.key = Ed25519Key()
    with pytest.raises(OfflineSignatureWrong):
        till.accept(thief.pay(till.ask(1_000, at=AT), at=AT), at=AT)


def test_a_copy_that_goes_on_from_before_is_refused_at_the_same_till(
    phone: Telephone, till: Till
) -> None:
    copy = twin(phone)
    pay(phone, till, 5_000)
    with pytest.raises(VoucherOutOfOrder):
        pay(copy, till, 6_000)
    # Its next counter follows the last one, but its sum does not.
    with pytest.raises(VoucherOutOfOrder):
        pay(copy, till, 7_000)


def test_a_gap_is_no_fault(corner_shop: Store, phone: Telephone, till: Till) -> None:
    other = open_till(corner_shop, "2")
    pay(phone, till, 1_000)
    pay(phone, other, 2_000)
    pay(phone, till, 3_000)
    assert till.book.stored == 4_000


def test_an_expired_certificate_is_refused_by_both(phone: Telephone, till: Till) -> None:
    end = NOON + 3 * DAY
    till.book.listed_at = till.book.uploaded_at = seconds(end)
    code = till.ask(1_000, at=seconds(end))
    with pytest.raises(CertificateExpired):
        phone.pay(code, at=seconds(end))
    text = phone.pay(code, at=seconds(end - MINUTE))
    with pytest.raises(VoucherExpired):
        till.accept(text, at=seconds(end))
    with pytest.raises(CertificateExpired):
        till.ask(1_000, at=seconds(NOON + 7 * DAY))


def test_a_revoked_telephone_is_refused_once_the_till_heard_of_it(
    phone: Telephone, till: Till
) -> None:
    pay(phone, till, 1_000)
    allowances.end(allowance=row(phone), at=NOON + HOUR)
    pay(phone, till, 1_000, at=NOON + HOUR)
    listed = revocations(at=NOON + HOUR)
    older = revocations(at=NOON)
    till.synchronize(listed, at=AT)
    till.synchronize(older, at=AT)
    with pytest.raises(VoucherRevoked):
        pay(phone, till, 1_000, at=NOON + 2 * HOUR)


def test_a_till_that_was_away_too_long_accepts_nothing(phone: Telephone, till: Till) -> None:
    with pytest.raises(TillMustSynchronize):
        pay(phone, till, 1_000, at=NOON + DAY + MINUTE)
    till.book.listed_at = seconds(NOON + 2 * DAY)
    with pytest.raises(TillMustSynchronize):
        pay(twin(phone), till, 1_000, at=NOON + 2 * DAY + MINUTE)


def test_a_clock_that_goes_back_is_not_believed(phone: Telephone, till: Till) -> None:
    pay(phone, till, 1_000)
    with pytest.raises(TillMustSynchronize):
        till.ask(1_000, at=seconds(NOON))


@pytest.mark.parametrize(
    ("ceilings", "amounts"),
    [
        ({"each_minor": 9_999, "allowance_minor": 19_998}, [10_000]),
        ({"each_minor": 10_000, "allowance_minor": 19_999}, [10_000, 10_000]),
        (
            {"each_minor": 10_000, "allowance_minor": 20_000, "day_minor": 20_000},
            [10_000, 10_000, 1],
        ),
        (
            {"each_minor": 10_000, "allowance_minor": 20_000, "stored_minor": 20_000},
            [10_000, 9_000, 1_001],
        ),
    ],
)
def test_a_merchant_sets_the_ceilings(
    corner_shop: Store, phone: Telephone, ceilings: dict[str, int], amounts: list[int]
) -> None:
    opt_in(corner_shop, replace(CEILINGS, **ceilings))
    till = open_till(corner_shop)
    for minor in amounts[:-1]:
        pay(phone, till, minor)
    with pytest.raises(TillLimitReached):
        pay(phone, till, amounts[-1])
    assert till.book.stored == sum(amounts[:-1])


def test_another_day_has_its_own_ceiling(corner_shop: Store, phone: Telephone) -> None:
    opt_in(corner_shop, replace(CEILINGS, each_minor=5_000, allowance_minor=10_000,
                                day_minor=10_000))  # fmt: skip
    till = open_till(corner_shop)
    pay(phone, till, 5_000)
    till.book.seen.clear()
    phone.counter += 1
    pay(phone, till, 5_000, at=NOON + 22 * HOUR)
    assert till.book.day_total == 5_000


def test_a_telephone_signs_no_more_than_it_has(phone: Telephone, till: Till) -> None:
    pay(phone, till, 30_000)
    with pytest.raises(AllowanceSpent):
        pay(phone, till, 20_001)
    with pytest.raises(VoucherAboveCap):
        pay(phone, till, 30_001)
    assert (phone.counter, phone.left) == (1, 20_000)


def test_a_telephone_shows_its_voucher_to_no_forged_till(phone: Telephone, till: Till) -> None:
    till.key = Ed25519Key()
    with pytest.raises(OfflineSignatureWrong):
        phone.pay(till.ask(1_000, at=AT), at=AT)
    assert phone.counter == 0


def test_another_certificate_revokes_the_one_before(corner_shop: Store, till: Till) -> None:
    first = certificate_of(till)
    key = Ed25519Key()
    terminal = first.terminal
    signed = tills.registration(terminal_id=terminal.public_id, public_key=key.public)
    second = tills.certify(
        terminal=terminal,
        public_key=key.public,
        signature=key.sign(signed),
        actor="test",
        at=NOON + HOUR,
    )
    first.refresh_from_db()
    assert (first.revoked_at, second.revoked_at) == (NOON + HOUR, None)
    assert MerchantAudit.objects.filter(action="till.certified").count() == 2


def test_only_who_opted_in_is_certified_for_a_key_that_is_its_own(corner_shop: Store) -> None:
    key = Ed25519Key()
    terminal = add_terminal(store=corner_shop, label="1", actor="test", at=NOON)

    def certify(public: bytes, signature: bytes) -> None:
        tills.certify(
            terminal=terminal, public_key=public, signature=signature, actor="test", at=NOON
        )

    signature = key.sign(tills.registration(terminal_id=terminal.public_id, public_key=key.public))
    with pytest.raises(OfflineNotAccepted):
        certify(key.public, signature)
    opt_in(corner_shop)
    for public in (Ed25519Key().public, b"", b"\x01" + bytes(31)):
        with pytest.raises(TillKeyInvalid):
            certify(public, signature)
    Merchant.objects.update(status=Merchant.Status.SUSPENDED)
    terminal.store.merchant.refresh_from_db()
    with pytest.raises(MerchantSuspended):
        certify(key.public, signature)
    assert not TillCertificate.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"each_minor": 0},
        {"allowance_minor": 29_999},
        {"allowance_minor": 60_001},
        {"day_minor": 59_999},
        {"stored_minor": 59_999},
        {"stored_minor": 2**32},
        {"day_minor": 2**70},
    ],
)
def test_ceilings_fit_each_other(corner_shop: Store, wrong: dict[str, int]) -> None:
    with pytest.raises(OfflineTermsUnsound):
        opt_in(corner_shop, replace(CEILINGS, **wrong))


def test_the_database_refuses_the_same(till: Till) -> None:
    with refused_by("merchants_offline_terms_sound"):
        OfflineTerms.objects.update(allowance_minor=1)
    with refused_by("merchants_till_certificate_final"):
        TillCertificate.objects.update(public_key=b"x" * 32)
    TillCertificate.objects.update(revoked_at=NOON)
    with refused_by("merchants_till_certificate_final"):
        TillCertificate.objects.update(revoked_at=None)
