"""Sending money to somebody who has no wallet yet, and everything that may become of it."""

from __future__ import annotations

import hashlib
import logging
import uuid
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from ledger.accounts import account_id
from ledger.errors import LedgerError
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.activity.notes import note
from wallet.chart import UNCLAIMED
from wallet.errors import (
    PhoneNotConfirmed,
    RecipientHasWallet,
    TooManyClaims,
    TransferToSelf,
    UnknownClaim,
    WalletNotOpen,
)
from wallet.events import record
from wallet.facts import facts_of
from wallet.idempotency import use_case
from wallet.limits.spending import spend
from wallet.models import Claim, Wallet
from wallet.people import normal_phone
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.transfers.payees import require_guesses_left
from wallet.transfers.sending import PURPOSE, require_currency
from wallet.unclaimed import claim_all_for, give, take_back
from wallet.wallets import lock

log = logging.getLogger(__name__)

RETURN_AFTER = timedelta(days=3)
MAX_OPEN = 50  # a sender's, at a time
BATCH = 100


def link_token(public_id: uuid.UUID) -> str:
    """Return the secret of a claim's link: 256 bits, which only the sender is shown.

    It is computed from our own secret key, so that it need not stand in a stored answer.
    """
    return salted_hmac("claim link", public_id.hex, algorithm="sha256").hexdigest()


@use_case
def open_claim(
    *, sender: Wallet, phone: str, amount: Money, memo: str, proof: Proof, at: datetime
) -> Claim:
    """Send money to a phone number that has no wallet in the currency yet.

    Raises:
        InvalidPhone: not a phone number.
        TransferToSelf: it is the sender's own.
        RecipientHasWallet: it has a wallet; a transfer reaches it.
        TooManyLookups: the sender asked for too many unknown people today.
        TooManyClaims: the sender has too many open ones.
        CurrencyMismatch, WalletNotOpen, InsufficientFunds: as for a transfer.

    """
    require_currency(sender, amount)
    number = normal_phone(phone)
    require_guesses_left(asker=sender, at=at)
    sender = _open_wallet(sender)
    if number == sender.holder.phone:
        raise TransferToSelf
    wallets = Wallet.objects.exclude(status=Wallet.Status.CLOSED)
    if wallets.filter(holder__phone=number, currency=sender.currency).exists():
        raise RecipientHasWallet
    if Claim.objects.filter(sender=sender, status=Claim.Status.OPEN).count() >= MAX_OPEN:
        raise TooManyClaims
    authorize(proof=proof, wallet=sender, purpose=PURPOSE, amount=amount, payee=number, at=at)
    claim = _written(sender, number, amount, memo, at)
    reference = f"claim:{claim.public_id}"
    spend(wallet=sender, purpose=PURPOSE, amount=amount, proof=proof, at=at, reference=reference)
    post(
        kind="CLAIM_OPENED",
        reference=reference,
        legs=[
            debit(sender.available_account_id, amount),
            credit(account_id(UNCLAIMED, amount.currency), amount),
        ],
        effective_at=at,
    )
    note(
        wallet=sender,
        reference=reference,
        kind="CLAIM_OPENED",
        counterparty=number,
        memo=memo,
        at=at,
    )
    facts = facts_of("claim_id", claim.public_id, amount, memo, return_at=claim.return_at)
    record(wallet=sender, kind="claim.opened", facts=facts, at=at)
    return claim


@use_case
def take(*, wallet: Wallet, token: str, at: datetime) -> Claim:
    """Take the money of a link, as the person whose confirmed phone number it was sent to.

    Raises:
        PhoneNotConfirmed: the person has not shown whose phone number it is.
        UnknownClaim: no claim for this phone number and currency has this link.
        ClaimNotOpen: it was claimed, cancelled or returned before.
        WalletNotOpen: the wallet is frozen or closed.
        LimitExceeded: the wallet may not hold that much.

    """
    wallet = _open_wallet(wallet)
    if wallet.holder.phone_confirmed_at is None:
        raise PhoneNotConfirmed
    addressed = Claim.objects.filter(phone=wallet.holder.phone, currency=wallet.currency)
    claim = _locked(addressed.filter(token_hash=_hash(token)))
    give(claim=claim, to=wallet, at=at)
    return claim


@use_case
def collect(*, wallet: Wallet, at: datetime) -> list[Claim]:
    """Take everything that waits for the holder's confirmed phone number in this currency.

    Raises:
        PhoneNotConfirmed: the person has not shown whose phone number it is.
        WalletNotOpen: the wallet is frozen or closed.

    """
    wallet = _open_wallet(wallet)
    if wallet.holder.phone_confirmed_at is None:
        raise PhoneNotConfirmed
    return claim_all_for(wallet=wallet, at=at)


@use_case
def cancel(*, claim: Claim, at: datetime) -> Claim:
    """Take the money back as its sender, frozen or not, before anybody claimed it.

    Raises:
        ClaimNotOpen: it was claimed, cancelled or returned before.

    """
    locked = _locked(Claim.objects.filter(pk=claim.pk))
    take_back(claim=locked, status=Claim.Status.CANCELLED, at=at)
    return locked


@use_case
def send_back(*, claim_id: int, at: datetime) -> bool:
    """Return one claim that nobody wanted in time; false when somebody else is at it."""
    due = Claim.objects.filter(pk=claim_id, status=Claim.Status.OPEN, return_at__lte=at)
    claim = due.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
    if claim is None:
        return False
    take_back(claim=claim, status=Claim.Status.RETURNED, at=at)
    return True


def return_due(*, at: datetime) -> int:
    """Return all claims whose time is over, each by itself; return how many."""
    due = Claim.objects.filter(status=Claim.Status.OPEN, return_at__lte=at)
    returned = 0
    for claim_id in list(due.order_by("return_at").values_list("pk", flat=True)[:BATCH]):
        try:
            returned += send_back(claim_id=claim_id, at=at)
        except (DatabaseError, LedgerError):
            log.exception("claim %s could not be returned; the next run tries again", claim_id)
    return returned


def _written(sender: Wallet, phone: str, amount: Money, memo: str, at: datetime) -> Claim:
    public_id = uuid.uuid4()
    return Claim.objects.create(
        public_id=public_id,
        sender=sender,
        phone=phone,
        amount_minor=amount.minor,
        currency=amount.currency,
        memo=memo,
        token_hash=_hash(link_token(public_id)),
        opened_at=at,
        return_at=at + RETURN_AFTER,
    )


def _open_wallet(wallet: Wallet) -> Wallet:
    (locked,) = lock(wallet)
    if locked.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    return locked


def _locked(claims: QuerySet[Claim]) -> Claim:
    rows = claims.select_related("sender").select_for_update(no_key=True, of=("self",))
    found = rows.first()
    if found is None:
        raise UnknownClaim
    return found


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
