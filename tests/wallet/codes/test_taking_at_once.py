"""A good code is taken by two statements outside a database transaction; nothing less is taken."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wallet.codes.phones import CodePhone, enrolled_at
from tests.wallet.codes.test_presenting import NOW, SECOND, present, together, wrong
from wallet.codes import misses
from wallet.codes.handles import show
from wallet.errors import TooManyBadCodes
from wallet.models import CodeHandle, CodeMisses, CodeUse, Device, Wallet
from wallet.wallets.freezing import freeze_own

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(alice: Wallet) -> CodePhone:
    return enrolled_at(alice, NOW)


def test_a_good_code_costs_two_statements(alice: Wallet, phone: CodePhone) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert present(phone.code(NOW)) == alice
    assert [query["sql"].split()[0] for query in asked.captured_queries] == ["SELECT", "INSERT"]


def test_whoever_commits_afterwards_waits_for_the_disk(alice: Wallet, phone: CodePhone) -> None:
    present(phone.code(NOW))
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_a_code_is_good_once_and_for_the_same_thing_again(alice: Wallet, phone: CodePhone) -> None:
    code = phone.code(NOW)
    assert [present(code), present(code), present(code, "shop:A2")] == [alice, alice, None]
    assert present(code, after=3600) == alice  # a till that lost the answer
    assert CodeUse.objects.count() == 1


def lock(phone: CodePhone) -> None:
    for number in range(5):
        present(wrong(phone, 1000 * number))


def lose(phone: CodePhone) -> None:
    Device.objects.filter(public_id=phone.device).update(revoked_at=NOW)


def freeze(phone: CodePhone) -> None:
    freeze_own(wallet=CodeHandle.objects.get(handle=phone.handle).wallet, at=NOW)


def end(phone: CodePhone) -> None:
    CodeHandle.objects.filter(handle=phone.handle).update(expires_at=NOW)


@pytest.mark.parametrize("spoil", [lock, lose, freeze, end])
def test_what_is_not_good_any_more_is_not_taken(
    alice: Wallet, phone: CodePhone, spoil: object
) -> None:
    assert callable(spoil)
    spoil(phone)
    assert present(phone.code(NOW)) is None
    assert not CodeUse.objects.exists()
    assert CodeMisses.objects.get(subject="shop").misses == (6 if spoil is lock else 1)


def test_too_many_bad_codes_close_the_door_to_good_ones(alice: Wallet, phone: CodePhone) -> None:
    for _ in range(misses.MOST_AN_HOUR):
        misses.count(subject="shop", at=NOW)
    with pytest.raises(TooManyBadCodes):
        present(phone.code(NOW))
    assert not CodeUse.objects.exists()


def test_a_good_code_among_guesses_is_taken_before_the_fifth_or_not_at_all(
    alice: Wallet, phone: CodePhone
) -> None:
    for step in range(6):
        CodeHandle.objects.update(failures=0)
        after = 30 * step
        codes = [wrong(phone, 1000 * number) for number in range(7)]
        codes.append(phone.code(NOW + after * SECOND))
        acts = [partial(said_of, code, after) for code in codes]
        said = together(*acts)
        taken = CodeUse.objects.filter(presented_for=f"shop:{after}").exists()
        assert said.count(str(alice)) == taken
        assert CodeHandle.objects.get(handle=phone.handle).failures == 5


def said_of(code: str, after: int) -> str:
    return str(present(code, f"shop:{after}", after=after))


def test_a_shown_code_is_taken_until_its_minute_is_over(alice: Wallet) -> None:
    first = show(wallet=alice, at=NOW).code
    second = show(wallet=alice, at=NOW + SECOND).code
    assert present(first, after=2) is None  # the next one ended it
    assert present(second, after=59) == alice
    third = show(wallet=alice, at=NOW + timedelta(minutes=2)).code
    assert present(third, after=180) is None
