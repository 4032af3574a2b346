"""What the bank tells us: by callback, and in the list of all it told, which nothing is lost from.

Each message may come late, twice, or before an earlier one; doing what it says a second time
changes nothing. The list repeats what callbacks said, in order, so that it repairs their losses.
"""

from __future__ import annotations

import json
import logging
import re
import urllib.parse
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ledger.errors import InvalidAmount, LedgerError, UnknownCurrency
from ledger.money import Money
from wallet import topups
from wallet.errors import UnknownBankMessage, UnknownTopUp, UnknownWithdrawal, WalletError
from wallet.models import BankFeed, TopUp, Withdrawal
from wallet.providers import channel
from wallet.providers.channel import ProviderUnavailable
from wallet.topups.arriving import take_credit
from wallet.topups.telling import apply as apply_top_up
from wallet.withdrawals.sending import apply as apply_withdrawal

log = logging.getLogger(__name__)

_FEED = "bank"
_MOST_PAGES = 100
_REFERENCE = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z]{1,34}", re.ASCII)
_REASON = re.compile(r"[A-Z_]{0,64}", re.ASCII)
_NO_REFERENCE = re.compile(r"[\x21-\x7e]{0,64}", re.ASCII)


def take(*, body: bytes, at: datetime) -> None:
    """Do what a signed message of the bank says. The same message again changes nothing.

    Raises:
        UnknownBankMessage: it is of no known kind, or lacks a part.
        WalletError: it speaks of what was never asked for, or contradicts what it said before.

    """
    try:
        message = json.loads(body)
    except ValueError as exc:
        raise UnknownBankMessage from exc
    _do(message, at)


def read_feed(*, at: datetime) -> int:
    """Do what the bank's list says since it was last read; return how many messages were done."""
    done = 0
    feed, _ = BankFeed.objects.get_or_create(name=_FEED)
    for _page in range(_MOST_PAGES):
        try:
            page = channel.ask(f"/feed?after={urllib.parse.quote(feed.place)}")
        except ProviderUnavailable:
            log.warning("the bank did not answer; its list is read later")
            return done
        messages = (page or {}).get("messages")
        if not isinstance(messages, list) or not messages:
            return done
        done += sum(_done(message, at) for message in messages)
        # Killed before this line, the same page is read again, and changes nothing.
        feed.place = str((page or {}).get("next", ""))
        feed.save(update_fields=["place"])
    return done


def _done(message: Any, at: datetime) -> bool:
    try:
        _do(message, at)
    except (WalletError, LedgerError) as exc:
        log.warning("a message in the bank's list is refused: %s", exc.code)
        return False
    return True


def _do(message: Any, at: datetime) -> None:
    kind = message.get("kind") if isinstance(message, dict) else None
    handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
    if handler is None:
        raise UnknownBankMessage
    handler(message, _amount(message), at)


def _top_up(message: dict[str, Any], amount: Money, at: datetime) -> None:
    found = TopUp.objects.filter(public_id=_id(message)).first()
    status = message.get("status")
    if found is None or found.amount != amount:
        raise UnknownTopUp
    if status not in (TopUp.Status.PENDING, TopUp.Status.SETTLED, TopUp.Status.FAILED):
        raise UnknownBankMessage
    reference = _text(message, "reference", _NO_REFERENCE)
    reason = _text(message, "reason", _REASON)
    apply_top_up(found, status, at, reference=reference, reason=reason)


def _reversal(message: dict[str, Any], amount: Money, at: datetime) -> None:
    reference = _text(message, "reference", _REFERENCE)
    topups.reverse(public_id=_id(message), amount=amount, reference=reference, at=at)


def _credit(message: dict[str, Any], amount: Money, at: datetime) -> None:
    reference = _text(message, "reference", _REFERENCE)
    number = _text(message, "number", _NUMBER)
    take_credit(reference=reference, number=number, amount=amount, at=at)


def _withdrawal(message: dict[str, Any], amount: Money, at: datetime) -> None:
    found = Withdrawal.objects.filter(public_id=_id(message)).first()
    status = message.get("status")
    if found is None or found.amount != amount:
        raise UnknownWithdrawal
    if status not in ("PENDING", "CONFIRMED", "RETURNED"):
        raise UnknownBankMessage
    reference = _text(message, "reference", _NO_REFERENCE)
    reason = _text(message, "reason", _REASON)
    apply_withdrawal(found, status, at, reference=reference, reason=reason)


_HANDLERS: dict[str, Callable[[dict[str, Any], Money, datetime], None]] = {
    "TOP_UP": _top_up,
    "REVERSAL": _reversal,
    "CREDIT": _credit,
    "WITHDRAWAL": _withdrawal,
}


def _amount(message: dict[str, Any]) -> Money:
    try:
        amount = Money.from_major(message.get("amount"), str(message.get("currency")))
    except (InvalidAmount, UnknownCurrency) as exc:
        raise UnknownBankMessage from exc
    if amount.minor == 0:
        raise UnknownBankMessage
    return amount


def _id(message: dict[str, Any]) -> uuid.UUID:
    try:
        return uuid.UUID(str(message.get("id")))
    except ValueError as exc:
        raise UnknownBankMessage from exc


def _text(message: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    text = message.get(name, "")
    if not isinstance(text, str) or not form.fullmatch(text):
        raise UnknownBankMessage
    return text
