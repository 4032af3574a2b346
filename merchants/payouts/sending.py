"""From a signed run to the bank's last word about it.

Note [Never sent twice]: a file is marked as sent, and its payouts as submitted, before it is
handed over. Whatever happens then (no answer, a kill, a lost connection), it is not handed over
again: the bank is asked about the file by its number, and about payments by their end-to-end ids.
Only what the bank has not heard of an hour later was never sent, and becomes payable again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from merchants.errors import BankAnswerUnreadable, MerchantError, NoHouseAccount
from merchants.models import HouseAccount, Payout, PayoutRun
from merchants.payouts import outcomes, pain001, pain002
from merchants.payouts.hearing import OPEN, WAITING, hear
from merchants.payouts.signing import locked, move
from merchants.states import FileState, PayoutState
from wallet.due import ask_about, claim
from wallet.idempotency import use_case
from wallet.providers import payout_files
from wallet.providers.channel import ProviderUnavailable
from wallet.withdrawals.numbers import IBAN_CODE

log = logging.getLogger(__name__)

FIRST_ASK = timedelta(seconds=2)  # a bank that decides at once is not waited for
PATIENCE = timedelta(minutes=5)
NEVER_HEARD = timedelta(hours=1)
_BATCH = 20


@use_case
def build(*, run_id: int, at: datetime) -> PayoutRun:
    """Write the file of a signed run; one that has its file stays as it is.

    Raises:
        NoHouseAccount: there is no account to pay from.

    """
    run = locked(PayoutRun(pk=run_id))
    if run.state != FileState.SIGNED:
        return run
    payouts = Payout.objects.filter(run=run)
    payouts.update(state=PayoutState.QUEUED)
    head = pain001.Head(
        message_id=run.number,
        version=run.version,
        created_at=at,
        execute_on=run.due_on,
        count=run.payout_count,
        total=run.total,
        debtor=_debtor(run.currency),
    )
    run.file = pain001.write(head, _transfers(payouts.order_by("pk")))
    run.file_sha256 = hashlib.sha256(run.file).hexdigest()
    move(run, "build")
    run.save()
    payouts.update(state=PayoutState.FILE_BUILT)
    return run


def _debtor(currency: str) -> pain001.Debtor:
    house = HouseAccount.objects.filter(
        currency=currency, purpose=HouseAccount.Purpose.SAFEGUARDING
    ).first()
    if house is None:
        raise NoHouseAccount(currency)
    return pain001.Debtor(settings.COMPANY_NAME, house.number, currency)


def _transfers(payouts: QuerySet[Payout]) -> Iterator[pain001.Transfer]:
    for payout in payouts.select_related("bank_account").iterator(chunk_size=2_000):
        account = payout.bank_account
        yield pain001.Transfer(
            end_to_end_id=payout.number,
            amount=payout.amount,
            bank_code="" if account.bank_code == IBAN_CODE else account.bank_code,
            account=account.number,
            holder=account.holder_name,
            text=payout.number,
        )


@use_case
def mark_sent(*, run_id: int, at: datetime) -> bytes | None:
    """Mark a written file as sent; return its bytes, to be handed over by whoever marked it.

    See Note [Never sent twice]. None: somebody else did.
    """
    run = locked(PayoutRun(pk=run_id))
    if run.state != FileState.BUILT or run.file is None:
        return None
    move(run, "send")
    run.sent_at, run.poll_at = at, at + FIRST_ASK
    run.save()
    Payout.objects.filter(run=run).update(
        state=PayoutState.SUBMITTED, submitted_at=at, poll_at=at + FIRST_ASK
    )
    return bytes(run.file)


@use_case
def mark_unknown(*, run_id: int) -> None:
    """Note that the bank gave no answer: it is asked about the file and each payment."""
    run = locked(PayoutRun(pk=run_id))
    if run.state != FileState.SENT:
        return
    move(run, "lose")
    run.save()
    submitted = Payout.objects.filter(run=run, state=PayoutState.SUBMITTED)
    submitted.update(state=PayoutState.UNKNOWN)


def send_due(*, at: datetime) -> int:
    """Write and hand over what was signed; return how many files went out."""
    sent = 0
    for run_id in _ids(FileState.SIGNED):
        try:
            build(run_id=run_id, at=at)
        except MerchantError:
            log.exception("the file of run %s cannot be written", run_id)
    for run_id in _ids(FileState.BUILT):
        file = mark_sent(run_id=run_id, at=at)
        if file is None:
            continue
        sent += 1
        number = PayoutRun.objects.values_list("number", flat=True).get(pk=run_id)
        try:
            payout_files.submit(number=number, file=file)
        except ProviderUnavailable:
            mark_unknown(run_id=run_id)
    return sent


def _ids(state: FileState) -> list[int]:
    runs = PayoutRun.objects.filter(state=state).order_by("pk")
    return list(runs.values_list("pk", flat=True))


def poll(*, at: datetime) -> int:
    """Ask the bank about files it has not answered and payments that are open; return how many."""
    heard = ask_about(
        claim(PayoutRun.objects.filter(state__in=WAITING), at, PATIENCE, _BATCH),
        lambda run: _ask_file(run, at),
    )
    heard += ask_about(
        claim(Payout.objects.filter(state__in=OPEN), at, PATIENCE, _BATCH),
        lambda payout: _ask_payment(payout, at),
    )
    close_done(at=at)
    return heard


def _ask_file(run: PayoutRun, at: datetime) -> bool:
    raw = payout_files.answer_to_file(run.number)
    return raw is not None and _heard(raw, at)


def _ask_payment(payout: Payout, at: datetime) -> bool:
    raw = payout_files.answer_to_payment(payout.number)
    if raw is not None:
        return _heard(raw, at)
    if payout.submitted_at is None or at < payout.submitted_at + NEVER_HEARD:
        return False
    outcomes.reject(number=payout.number, code="NARR", reason="the bank never received it", at=at)
    return True


def _heard(raw: bytes, at: datetime) -> bool:
    try:
        hear(pain002.read(raw), at=at)
    except BankAnswerUnreadable:
        log.exception("an answer of the bank cannot be read")
        return False
    return True


def close_done(*, at: datetime) -> int:
    """Close the runs none of whose payouts is open any more; return how many they were."""
    states = (
        FileState.SENT,
        FileState.UNKNOWN,
        FileState.ACKED,
        FileState.NACKED,
        FileState.PARTIAL,
    )
    open_runs = Payout.objects.filter(state__in=OPEN).values("run_id")
    done = PayoutRun.objects.filter(state__in=states).exclude(pk__in=open_runs)
    return done.update(state=FileState.CLOSED, closed_at=at)
