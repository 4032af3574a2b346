"""Money from one wallet to another, at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.activity.notes import note_both
from wallet.errors import TransferToSelf, WalletNotOpen
from wallet.events import record_all
from wallet.facts import facts_of
from wallet.idempotency import use_case
from wallet.limits.spending import admit, spend
from wallet.models import Transfer, Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.transfers.payees import find_payee
from wallet.wallets import lock

PURPOSE = "TRANSFER"


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes from whom to whom; the wallets as they were found, not locked."""

    sender: Wallet
    recipient: Wallet
    amount: Money
    memo: str


@use_case
def send(
    *, sender: Wallet, payee: str, amount: Money, memo: str, proof: Proof, at: datetime
) -> Transfer:
    """Send money to the wallet of whoever has this phone number or, with an at sign, handle.

    Raises:
        UnknownRecipient: nobody with it has a wallet in this currency.
        TooManyLookups: the sender asked for too many unknown people today.
        TransferToSelf: it is the sender's own.
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: one of the two is frozen or closed.
        InsufficientFunds: the sender does not hold enough.
        LimitExceeded, RecipientFull: it is more than may leave the one, or the other may hold.

    """
    require_currency(sender, amount)
    recipient = find_payee(payee=payee, asker=sender, at=at)
    locked = lock_both(Sending(sender, recipient, amount, memo))
    authorize(
        proof=proof,
        wallet=locked.sender,
        purpose=PURPOSE,
        amount=amount,
        payee=recipient.holder.phone,
        at=at,
    )
    return move(locked, proof=proof, at=at)


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
    if sender.status != Wallet.Status.OPEN or not recipient.receives:
        raise WalletNotOpen
    return replace(sending, sender=sender, recipient=recipient)


def move(sending: Sending, *, proof: Proof, at: datetime) -> Transfer:
    """Move the money between locked wallets, after it was authorized; tell both sides.

    Raises:
        InsufficientFunds: the sender does not hold enough.
        LimitExceeded: it is more than may leave the sender's wallet.
        RecipientFull: it is more than the recipient's wallet may hold.

    """
    amount = sending.amount
    spend(wallet=sending.sender, purpose=PURPOSE, amount=amount, proof=proof, at=at)
    admit(wallet=sending.recipient, amount=amount, at=at, by_holder=False)
    transfer = Transfer.objects.create(
        sender=sending.sender,
        recipient=sending.recipient,
        amount_minor=amount.minor,
        currency=amount.currency,
        memo=sending.memo,
        sent_at=at,
    )
    post(
        kind="TRANSFER",
        reference=f"transfer:{transfer.public_id}",
        legs=[
            debit(sending.sender.available_account_id, amount),
            credit(sending.recipient.available_account_id, amount),
        ],
        effective_at=at,
    )
    note_both(
        sender=sending.sender,
        recipient=sending.recipient,
        reference=f"transfer:{transfer.public_id}",
        kind="TRANSFER",
        memo=transfer.memo,
        at=at,
    )
    facts = facts_of("transfer_id", transfer.public_id, amount, transfer.memo)
    sides = {"transfer.sent": sending.sender, "transfer.received": sending.recipient}
    record_all([(wallet, kind, facts) for kind, wallet in sides.items()], at=at)
    return transfer
