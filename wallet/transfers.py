"""Money from one wallet to another."""

from __future__ import annotations

from datetime import datetime

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.activity.notes import note_both
from wallet.errors import InvalidPhone, TransferToSelf, UnknownRecipient, WalletNotOpen
from wallet.idempotency import use_case
from wallet.limits.spending import spend
from wallet.models import Transfer, Wallet
from wallet.people import normal_phone
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.wallets import lock


@use_case
def send(
    *, sender: Wallet, phone: str, amount: Money, memo: str, proof: Proof, at: datetime
) -> Transfer:
    """Send money to the wallet of whoever has this phone number.

    Raises:
        UnknownRecipient: nobody with this number has a wallet in this currency.
        TransferToSelf: it is the sender's own number.
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: one of the two is frozen or closed.
        InsufficientFunds: the sender does not hold enough.

    """
    if amount.currency != sender.currency:
        raise CurrencyMismatch(sender.currency, amount.currency)
    recipient = _recipient(phone, sender.currency)
    if recipient.pk == sender.pk:
        raise TransferToSelf
    sender, recipient = lock(sender, recipient)
    if not sender.status == recipient.status == Wallet.Status.OPEN:
        raise WalletNotOpen
    authorize(proof=proof, wallet=sender, purpose="TRANSFER", amount=amount, payee=phone, at=at)
    spend(wallet=sender, purpose="TRANSFER", amount=amount, proof=proof, at=at)
    transfer = Transfer.objects.create(
        sender=sender,
        recipient=recipient,
        amount_minor=amount.minor,
        currency=amount.currency,
        memo=memo,
        sent_at=at,
    )
    post(
        kind="TRANSFER",
        reference=f"transfer:{transfer.public_id}",
        legs=[
            debit(sender.available_account_id, amount),
            credit(recipient.available_account_id, amount),
        ],
        effective_at=at,
    )
    note_both(
        sender=sender,
        recipient=recipient,
        reference=f"transfer:{transfer.public_id}",
        kind="TRANSFER",
        memo=memo,
        at=at,
    )
    return transfer


def _recipient(phone: str, currency: str) -> Wallet:
    try:
        number = normal_phone(phone)
    except InvalidPhone:
        raise UnknownRecipient from None
    found = Wallet.objects.filter(holder__phone=number, currency=currency).first()
    if found is None:
        raise UnknownRecipient
    return found
