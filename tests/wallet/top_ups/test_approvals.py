"""Top-ups that their holder approves, declines, leaves or forgets on the bank's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from ledger.money import Money
from tests.wallet.bank import Counter, stays, until
from tests.wallet.people import held
from wallet import topups
from wallet.models import Provider, TopUp, Wallet

pytestmark = pytest.mark.django_db(transaction=True)

LATER = topups.POLL_AFTER + timedelta(seconds=1)


def ask(wallet: Wallet, minor: int = 10_000) -> TopUp:
    at = timezone.now()
    top_up = topups.ask(wallet=wallet, amount=Money(minor, "KRW"), with_approval=True, at=at)
    topups.tell(top_up=top_up, at=at)
    return now(top_up)


def now(top_up: TopUp) -> TopUp:
    return TopUp.objects.select_related("wallet").get(pk=top_up.pk)


def ends(top_up: TopUp) -> tuple[str, str]:
    found = now(top_up)
    return found.status, found.failure_reason


def answer(top_up: TopUp, word: str) -> requests.Response:
    return requests.post(
        top_up.approval_url, data={"answer": word}, allow_redirects=False, timeout=5
    )


def test_what_is_approved_is_credited_once_and_leads_back(alice: Wallet, bank: Counter) -> None:
    top_up = ask(alice)
    assert stays(lambda: ends(top_up) == ("PENDING", ""))

    first, second = answer(top_up, "approve"), answer(top_up, "decline")

    assert {first.status_code, second.status_code} == {303}
    assert first.headers["Location"].endswith(f"/top-ups/{top_up.public_id}")
    assert until(lambda: ends(top_up) == ("SETTLED", ""))
    assert (held(alice), bank.holds()) == (60_000, 10_000)


@pytest.mark.parametrize(
    ("minor", "word", "reason"),
    [(10_000, "decline", "NOT_APPROVED"), (10_091, "approve", "CARD_DECLINED")],
    ids=["declined by the holder", "approved, and declined by the card"],
)
def test_what_is_declined_takes_nothing(
    alice: Wallet, bank: Counter, minor: int, word: str, reason: str
) -> None:
    top_up = ask(alice, minor)
    answer(top_up, word)
    assert until(lambda: ends(top_up) == ("FAILED", reason))
    assert (held(alice), bank.holds()) == (50_000, 0)


def test_what_is_left_waits_and_is_declined_when_its_time_is_over(
    alice: Wallet, bank: Counter
) -> None:
    top_up = ask(alice)
    topups.poll(at=timezone.now() + LATER)
    assert ends(top_up) == ("PENDING", "")

    bank.do("/clock", now=(timezone.now() + timedelta(minutes=16)).isoformat())
    topups.poll(at=timezone.now() + 3 * LATER)

    assert ends(top_up) == ("FAILED", "NOT_APPROVED")
    answer(top_up, "approve")
    assert (held(alice), bank.holds()) == (50_000, 0)


def test_a_request_that_was_lost_is_asked_again_with_approval(
    alice: Wallet, bank: Counter
) -> None:
    top_up = ask(alice, 10_099)
    assert top_up.approval_url == ""

    topups.poll(at=timezone.now() + LATER)

    assert now(top_up).approval_url
    answer(now(top_up), "approve")
    assert until(lambda: ends(top_up) == ("SETTLED", ""))


def test_the_page_speaks_both_languages_runs_nothing_and_knows_no_other_address(
    alice: Wallet, bank: Counter
) -> None:
    top_up = ask(alice)
    for language, says in {"ko-KR": "승인할까요", "en": "Approve this card payment"}.items():
        page = requests.get(top_up.approval_url, headers={"Accept-Language": language}, timeout=5)
        assert says in page.text
        assert "₩10,000" in page.text
        assert "script" not in page.headers["Content-Security-Policy"]
    for word in ("", "perhaps", "\x00"):
        assert answer(top_up, word).status_code == 404
    wrong = top_up.approval_url[:-1]
    assert requests.get(wrong, timeout=5).status_code == 404
    assert requests.post(wrong, data={"answer": "approve"}, timeout=5).status_code == 404
    assert ends(top_up) == ("PENDING", "")


def test_nobody_approves_a_bank_transfer(alice: Wallet, bank: Counter) -> None:
    top_up = topups.ask(
        wallet=alice,
        amount=Money(7_000, "KRW"),
        provider=Provider.BANK_TRANSFER.value,
        with_approval=True,
        at=timezone.now(),
    )
    topups.tell(top_up=top_up, at=timezone.now())
    assert now(top_up).approval_url == ""
