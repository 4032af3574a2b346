"""Telling the providers what was asked for, and asking them what became of it."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from wallet.due import ask_about, claim
from wallet.models import Provider, TopUp
from wallet.providers.channel import ProviderUnavailable
from wallet.providers.funding import PROVIDERS
from wallet.topups.arriving import receive
from wallet.topups.deciding import fail, settle
from wallet.topups.numbers import keep

log = logging.getLogger(__name__)

POLL_AFTER = PROVIDERS[Provider.CARD].patience
POLL_BATCH = 100


def tell(*, top_up: TopUp, at: datetime) -> bool:
    """Ask the provider for a top-up's money; return whether it answered.

    When it does not, the poll asks again.
    """
    try:
        _request(top_up, at)
    except ProviderUnavailable:
        log.warning("the provider did not answer; %s stays pending", top_up)
        return False
    return True


def poll(*, at: datetime) -> int:
    """Ask about top-ups that nothing was heard of; return how many were decided."""
    pending = TopUp.objects.filter(status=TopUp.Status.PENDING).select_related("wallet")
    found = claim(pending, at, POLL_AFTER, POLL_BATCH)
    return ask_about(found, lambda top_up: _find_out(top_up, at))


def _request(top_up: TopUp, at: datetime) -> None:
    asked = PROVIDERS[top_up.provider].request(top_up=top_up)
    if asked.number:
        keep(wallet=top_up.wallet, number=asked.number, at=at)
    if asked.approval_url:
        TopUp.objects.filter(pk=top_up.pk).update(approval_url=asked.approval_url)


def _find_out(top_up: TopUp, at: datetime) -> bool:
    word = PROVIDERS[top_up.provider].status(top_up=top_up)
    if word is None:
        _request(top_up, at)
        return False
    apply(top_up, word.status, at, reference=word.reference, reason=word.reason)
    return word.status != TopUp.Status.PENDING


def apply(
    top_up: TopUp, status: str, at: datetime, *, reference: str = "", reason: str = ""
) -> None:
    """Do what a provider says of a top-up; the same word again changes nothing.

    Raises:
        TopUpNotPending: it contradicts what it said before.
        BankReferenceReused: the reference stands for another top-up.

    """
    public_id: uuid.UUID = top_up.public_id
    if status in (TopUp.Status.SETTLED, TopUp.Status.REVERSED):
        settle(public_id=public_id, amount=top_up.amount, at=at, provider_reference=reference)
        # This bank pays at once: the money stands on the safeguarding account with its word.
        receive(reference=str(public_id), amount=top_up.amount, at=at)
    elif status == TopUp.Status.FAILED:
        fail(public_id=public_id, at=at, reason=reason)
