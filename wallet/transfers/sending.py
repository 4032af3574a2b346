"""Money from one wallet to another, at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from wallet.errors import TransferToSelf, WalletNotOpen
from wallet.idempotency import Ticket, ticketed_use_case
from wallet.limits import usage
from wallet.limits.spending import kind_of, make_room, permit
from wallet.models import Transfer, Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import require
from wallet.transfers import statements
from wallet.transfers.payees import require_found
from wallet.wallets import lock

PURPOSE = "TRANSFER"


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes from whom to whom; the wallets as they were found, not locked."""

    sender: Wallet
    recipient: Wallet
    amount: Money
    memo: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sender has left of the limits, and what room the recipient has."""

    books: usage.Books
    room: usage.Room


@ticketed_use_case
def send(  # noqa: PLR0913 - a transfer is its properties, and the ticket comes along.
    ticket: Ticket[Transfer],
    *,
    sender: Wallet,
    payee: str,
    amount: Money,
    memo: str,
    proof: Proof,
    at: datetime,
) -> Transfer:
    """Send money to the wallet of whoever has this phone number or, with an at sign, handle.

    Raises:
        NonceReplayed: the proof is a device's, which signed with its nonce before.
        UnknownRecipient: nobody with it has a wallet in this currency.
        TooManyLookups: the sender asked for too many unknown people today.
        TransferToSelf: it is the sender's own.
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: one of the two is frozen or closed.
        PinRequired, StepUpRequired: the sender has to prove more.
        InsufficientFunds: the sender does not hold enough.
        LimitExceeded, RecipientFull: it is more than may leave the one, or the other may hold.

    """
    require_currency(sender, amount)
    found = statements.look(ticket, sender=sender, payee=payee, amount=amount, proof=proof, at=at)
    require_found(
        is_found=found.recipient_id is not None, misses=found.misses, was_paid=found.was_paid
    )
    facts = found.facts
    if facts is None:
        raise TransferToSelf
    receives = facts.recipient.may_receive(is_frozen_by_staff=facts.is_frozen_by_staff)
    require_open(facts.sender, receives=receives)
    require(
        proof=proof,
        holder_id=sender.holder_id,
        purpose=PURPOSE,
        amount=amount,
        is_known=lambda: facts.is_known,
    )
    sending = Sending(facts.sender, facts.recipient, amount, memo)
    return _move(ticket, sending, Standing(facts.books, facts.room), proof=proof, at=at)


def require_currency(wallet: Wallet, amount: Money) -> None:
    """Refuse money of another currency.

    Raises:
        CurrencyMismatch: the wallet is in another currency.

    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency)


def lock_both(sending: Sending) -> Sending:
    """Lock both wallets and return them fresh.

    Raises:
        TransferToSelf: they are the same.
        WalletNotOpen: one of the two is frozen or closed.

    """
    if sending.recipient.pk == sending.sender.pk:
        raise TransferToSelf
    sender, recipient = lock(sending.sender, sending.recipient)
    require_open(sender, receives=recipient.receives)
    return replace(sending, sender=sender, recipient=recipient)


def require_open(sender: Wallet, *, receives: bool) -> None:
    """Refuse to move money out of a wallet that is not open, or into one that receives none.

    Raises:
        WalletNotOpen: that is so.

    """
    if sender.status != Wallet.Status.OPEN or not receives:
        raise WalletNotOpen


def move(sending: Sending, *, proof: Proof, at: datetime) -> Transfer:
    """Move the money between locked wallets, after it was authorized; tell both sides.

    Raises:
        InsufficientFunds: the sender does not hold enough.
        LimitExceeded: it is more than may leave the sender's wallet.
        RecipientFull: it is more than the recipient's wallet may hold.

    """
    standing = Standing(usage.read(wallet=sending.sender, at=at), usage.room_of(sending.recipient))
    return _move(Ticket(None), sending, standing, proof=proof, at=at)


def _move(
    ticket: Ticket[Transfer], sending: Sending, standing: Standing, *, proof: Proof, at: datetime
) -> Transfer:
    amount, kind = sending.amount, kind_of(PURPOSE, proof)
    permit(wallet=sending.sender, books=standing.books, kind=kind, amount=amount, at=at)
    make_room(standing.room, amount, by_holder=False)
    transfer = Transfer(
        sender=sending.sender,
        recipient=sending.recipient,
        amount_minor=amount.minor,
        currency=amount.currency,
        memo=sending.memo,
        sent_at=at,
    )
    return statements.write(ticket, transfer=transfer, kind=kind)
