"""A code is good once, for what it is presented for first; guesses are counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.merchants.cast import refused_by
from tests.wallet.codes.phones import CodePhone, enrolled_at
from wallet.codes import handles, misses
from wallet.codes.digits import ConsumerCode
from wallet.codes.presenting import Presented, take
from wallet.errors import (
    ConsumerCodeMalformed,
    ConsumerCodeRefused,
    TooManyBadCodes,
    WalletError,
    WalletNotOpen,
)
from wallet.models import CodeHandle, CodeMisses, CodeUse, Device, Wallet
from wallet.proof import devices
from wallet.wallets.freezing import freeze_own

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
# In the middle of a step: a test may say seconds without crossing into the next.
NOW = datetime.fromisoformat("2026-03-02T12:00:15+09:00")


@pytest.fixture
def phone(alice: Wallet) -> CodePhone:
    return enrolled_at(alice, NOW)


def present(
    code: str, what_for: str = "shop:A1", *, by: str = "shop", after: int = 0
) -> Wallet | None:
    """Take a code some seconds after NOW; None where it is refused."""
    try:
        return take(code=code, presented=Presented(by, what_for), at=NOW + after * SECOND)
    except ConsumerCodeRefused:
        return None


def wrong(phone: CodePhone, number: int = 0) -> str:
    """A code of this handle with other digits than any near NOW."""
    good = {phone.code(NOW + n * 30 * SECOND)[10:18] for n in range(-3, 4)}
    one_time = next(f"{n:08d}" for n in range(number, number + 100) if f"{n:08d}" not in good)
    return str(ConsumerCode(phone.handle, one_time))


def test_a_phone_without_a_network_is_known_by_its_code(alice: Wallet, phone: CodePhone) -> None:
    assert present(phone.code(NOW)) == alice


@pytest.mark.parametrize("off", [-30, 30])
def test_a_clock_may_be_a_step_off(alice: Wallet, phone: CodePhone, off: int) -> None:
    assert present(phone.code(NOW + off * SECOND)) == alice


@pytest.mark.parametrize("off", [-60, 60])
def test_a_clock_may_not_be_two_steps_off(phone: CodePhone, off: int) -> None:
    assert present(phone.code(NOW + off * SECOND)) is None


def test_a_code_is_for_what_it_was_presented_for_first(alice: Wallet, phone: CodePhone) -> None:
    code = phone.code(NOW)
    assert present(code, "shop:A1") == alice
    assert present(code, "shop:A2") is None
    assert present(code, "other:A1", by="other") is None
    assert present(code, "shop:A1") == alice
    # Long after its time the same till may still ask what became of it.
    assert present(code, "shop:A1", after=3600) == alice
    assert present(code, "shop:A2", after=3600) is None


def test_each_step_is_one_code(alice: Wallet, phone: CodePhone) -> None:
    assert present(phone.code(NOW), "shop:A1") == alice
    assert present(phone.code(NOW + 30 * SECOND), "shop:A2", after=30) == alice
    assert present(phone.code(NOW), "shop:A3", after=30) is None


def test_five_bad_codes_lock_the_handle_and_not_the_next_one(
    alice: Wallet, phone: CodePhone
) -> None:
    for number in range(5):
        assert present(wrong(phone, number)) is None
    assert present(phone.code(NOW)) is None
    assert CodeHandle.objects.get(handle=phone.handle).failures == 5
    assert present(enrolled_at(alice, NOW).code(NOW)) == alice


def test_a_copy_is_no_guess_and_locks_nothing(alice: Wallet, phone: CodePhone) -> None:
    code = phone.code(NOW)
    assert present(code) == alice
    assert [present(code, f"other:{n}") for n in range(9)] == [None] * 9
    assert CodeHandle.objects.get(handle=phone.handle).failures == 0
    assert CodeMisses.objects.get(subject="shop").misses == 9


def test_lost_phones_frozen_wallets_and_old_handles_pay_nothing(
    alice: Wallet, phone: CodePhone
) -> None:
    late = 2 * 86_400
    assert present(phone.code(NOW + late * SECOND), after=late) is None
    devices.revoke(device=Device.objects.get(public_id=phone.device), at=NOW)
    assert present(phone.code(NOW)) is None
    other = enrolled_at(alice, NOW)
    freeze_own(wallet=alice, at=NOW)
    assert present(other.code(NOW)) is None
    assert not CodeUse.objects.exists()
    with pytest.raises(WalletNotOpen):
        handles.show(wallet=alice, at=NOW)


def test_the_handle_before_the_newest_is_still_good_and_no_older_one(alice: Wallet) -> None:
    phones = [enrolled_at(alice, NOW) for _ in range(3)]
    taken = [present(phone.code(NOW), f"shop:{n}") for n, phone in enumerate(phones)]
    assert taken == [None, alice, alice]
    assert len({phone.key for phone in phones}) == 3


def test_a_code_of_ours_is_good_for_a_minute_and_ends_the_one_before(alice: Wallet) -> None:
    first, second = (handles.show(wallet=alice, at=NOW).code for _ in range(2))
    assert present(first) is None
    assert present(second, after=59) == alice
    assert present(second, "shop:A2", after=59) is None
    third = handles.show(wallet=alice, at=NOW).code
    assert present(third, "shop:A3", after=60) is None


def test_what_is_no_code_counts_nothing(phone: CodePhone) -> None:
    with pytest.raises(ConsumerCodeMalformed):
        present(phone.code(NOW)[:-1] + "x")
    assert not CodeMisses.objects.exists()


def test_too_many_bad_codes_from_one_place_and_not_even_a_good_one_is_looked_at(
    alice: Wallet, phone: CodePhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misses, "MOST_AN_HOUR", 3)
    unknown = str(ConsumerCode("00000000", "00000000"))
    assert [present(unknown) for _ in range(3)] == [None] * 3
    for code in (unknown, phone.code(NOW)):
        with pytest.raises(TooManyBadCodes):
            present(code)
    assert present(phone.code(NOW), by="other") == alice
    assert CodeMisses.objects.get(subject="shop").misses == 3
    assert present(phone.code(NOW + timedelta(hours=1)), after=3600) == alice


def test_while_there_are_many_everywhere_few_from_one_place_are_too_many(
    alice: Wallet, phone: CodePhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misses, "ALARM", 4)
    monkeypatch.setattr(misses, "MOST_IN_ALARM", 2)
    unknown = str(ConsumerCode("00000000", "00000000"))
    for by in ("a", "b", "b", "c"):
        assert present(unknown, by=by) is None
    with pytest.raises(TooManyBadCodes):
        present(phone.code(NOW), by="b")
    assert present(phone.code(NOW), by="a") == alice


def test_a_miss_and_a_refused_hit_are_told_alike(alice: Wallet, phone: CodePhone) -> None:
    present(phone.code(NOW))
    said = set()
    for code in (wrong(phone), phone.code(NOW), str(ConsumerCode("00000000", "00000000"))):
        with pytest.raises(ConsumerCodeRefused) as refused:
            take(code=code, presented=Presented("x", "x:1"), at=NOW)
        said.add((refused.value.code, str(refused.value), tuple(vars(refused.value))))
    assert len(said) == 1
    assert CodeMisses.objects.get(subject="x").misses == 3


def test_the_database_keeps_the_rules_by_itself(alice: Wallet, phone: CodePhone) -> None:
    present(phone.code(NOW))
    used = CodeUse.objects.get()
    with refused_by("wallet_code_step_once"):
        CodeUse.objects.create(handle=used.handle, step=used.step, presented_for="x", used_at=NOW)
    rows = CodeHandle.objects.filter(pk=used.handle_id)
    with refused_by("wallet_code_handle_five_failures"):
        rows.update(failures=6)
    with refused_by("wallet_code_handle_eight_digits"):
        rows.update(handle="1234567x")
    row = rows.get()
    row.pk = None
    with refused_by("wallet_code_handle_once"):
        row.save(force_insert=True)
    miss = CodeMisses.objects.create(subject="x", hour=NOW, misses=1)
    with refused_by("wallet_code_misses_counted"):
        CodeMisses.objects.update(misses=0)
    miss.pk = None
    with refused_by("wallet_code_misses_once"):
        miss.save(force_insert=True)


def test_what_nobody_asks_about_any_more_is_removed(alice: Wallet, phone: CodePhone) -> None:
    present(phone.code(NOW))
    present(wrong(phone))
    late = NOW + handles.DEVICE_LIFETIME + handles.KEPT + timedelta(hours=1)
    assert handles.prune(at=NOW + handles.KEPT) == 0
    assert handles.prune(at=late) == 2
    assert misses.prune(at=late) == 2
    assert not CodeHandle.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_however_many_guess_at_once_five_are_compared(alice: Wallet, phone: CodePhone) -> None:
    together(*[lambda n=n: str(present(wrong(phone, 1000 * n))) for n in range(24)])
    assert CodeHandle.objects.get(handle=phone.handle).failures == 5
    assert CodeMisses.objects.get(subject="shop").misses == 24
    assert CodeMisses.objects.get(subject=CodeMisses.ALL).misses == 24
    assert present(phone.code(NOW)) is None


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_places_that_read_one_code_one_has_it(alice: Wallet, phone: CodePhone) -> None:
    for step in range(16):
        code = phone.code(NOW + 30 * step * SECOND)
        acts = [
            lambda n=n, s=step, c=code: str(present(c, f"{n}:A{s}", by=str(n), after=30 * s))
            for n in range(8)
        ]
        taken = together(*acts)
        assert sorted(taken) == ["None"] * 7 + [str(alice)]
    assert CodeUse.objects.count() == 16


def together(*acts: Callable[[], str]) -> list[str]:
    """Do all of it at once, each in a thread with a connection of its own."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], str]) -> str:
        barrier.wait()
        try:
            return act()
        except WalletError as exc:
            return exc.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
