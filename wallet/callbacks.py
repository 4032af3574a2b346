"""What the bank tells us, and what we find out by asking."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import datetime

from ledger.errors import InvalidAmount, UnknownCurrency
from ledger.money import Money
from wallet import topups
from wallet.errors import UnknownTopUp, WalletError
from wallet.models import TopUp
from wallet.provider import BANK, ProviderUnavailable

log = logging.getLogger(__name__)


def take(*, body: bytes, at: datetime) -> None:
    """Do what a signed message of the bank says. The same message again changes nothing.

    Raises:
        UnknownTopUp: it does not speak of anything that was asked for.
        TopUpNotPending: it contradicts what it said before.

    """
    try:
        message = json.loads(body)
        public_id = uuid.UUID(str(message["id"]))
        status = TopUp.Status(message["status"])
        amount = Money.from_major(message["amount"], str(message["currency"]))
    except (ValueError, KeyError, TypeError, InvalidAmount, UnknownCurrency) as exc:
        raise UnknownTopUp from exc
    _apply(public_id, status, amount, at)


def request(*, top_up: TopUp) -> None:
    """Ask the bank for a top-up's money; when it does not answer, the poll asks again."""
    try:
        BANK.request(public_id=top_up.public_id, amount=top_up.amount)
    except ProviderUnavailable:
        log.warning("the bank did not answer; top-up %s stays pending", top_up.public_id)


def poll(*, at: datetime) -> int:
    """Ask the bank about top-ups it never answered; return how many were decided."""
    decided = 0
    for top_up in topups.waiting(at=at):
        try:
            status = BANK.status(public_id=top_up.public_id)
            if status is None:
                BANK.request(public_id=top_up.public_id, amount=top_up.amount)
            elif status != TopUp.Status.PENDING:
                _apply(top_up.public_id, TopUp.Status(status), top_up.amount, at)
                decided += 1
        except ProviderUnavailable:
            log.warning("the bank did not answer; the next poll asks again")
            break
        except WalletError:
            log.exception("the bank contradicts itself about top-up %s", top_up.public_id)
    return decided


def _apply(public_id: uuid.UUID, status: TopUp.Status, amount: Money, at: datetime) -> None:
    if status == TopUp.Status.SETTLED:
        topups.settle(public_id=public_id, amount=amount, at=at)
        # This bank pays at once: the money stands on the safeguarding account with its word.
        topups.receive(reference=str(public_id), amount=amount, at=at)
    elif status == TopUp.Status.FAILED:
        topups.fail(public_id=public_id, at=at)
