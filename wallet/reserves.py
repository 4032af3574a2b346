"""Money that a holder sets aside for paying without a network: to the offline account and back.

Who may claim it, and until when, is not known here. Each function takes part in the caller's
database transaction, with the wallet locked and fresh.
"""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import open_account
from ledger.errors import CurrencyMismatch
from ledger.models import Category
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.errors import WalletNotOpen
from wallet.limits.spending import give_back, spend
from wallet.models import Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import PAYMENT, authorize
from wallet.wallets.debts import incoming, thaw

_PAYEE = "offline"


def set_aside(
    *, wallet: Wallet, amount: Money, proof: Proof, reference: str, at: datetime
) -> None:
    """Set money aside; as if it were spent it counts against the limits from now.

    Raises:
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: it is frozen or closed.
        PinRequired, StepUpRequired: the holder has to prove more.
        LimitExceeded: the amount is above a limit.
        InsufficientFunds: the wallet does not hold enough.

    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency)
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    authorize(proof=proof, wallet=wallet, purpose=PAYMENT, amount=amount, payee=_PAYEE, at=at)
    spend(wallet=wallet, purpose=PAYMENT, amount=amount, proof=proof, at=at, reference=reference)
    legs = [debit(wallet.available_account_id, amount), credit(_account_id(wallet), amount)]
    post(kind="OFFLINE_LOAD", reference=reference, legs=legs, effective_at=at)


def set_free(*, wallet: Wallet, amount: Money, reference: str, at: datetime) -> None:
    """Give back what nobody claimed, a debt first; once per reference of ``set_aside``.

    Raises:
        AccountFrozen: staff froze the wallet; it waits until that is lifted.

    """
    if amount.minor == 0:
        return
    legs = [debit(_account_id(wallet), amount), *incoming(wallet, amount)]
    post(kind="OFFLINE_RETURN", reference=f"{reference}:return", legs=legs, effective_at=at)
    give_back(reference=reference, amount=amount)
    thaw(wallet, at=at)


def _account_id(wallet: Wallet) -> int:
    if wallet.offline_account_id is not None:
        return wallet.offline_account_id
    account = open_account(
        code=f"wallet:{wallet.public_id.hex}:offline",
        currency=wallet.currency,
        category=Category.LIABILITY,
        floor_minor=0,
    )
    wallet.offline_account = account
    wallet.save(update_fields=["offline_account"])
    return account.pk
