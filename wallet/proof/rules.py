"""Which proof a movement of money needs."""

from __future__ import annotations

from datetime import datetime

from ledger.money import Money
from wallet.errors import PinRequired, StepUpRequired
from wallet.models import User, Wallet
from wallet.proof.proofs import Means, Proof


def authorize(
    *,
    proof: Proof,
    wallet: Wallet,
    purpose: str,
    amount: Money,  # noqa: ARG001 - the PIN is needed whatever the amount or payee.
    payee: str,  # noqa: ARG001
    at: datetime,  # noqa: ARG001
) -> None:
    """Refuse a movement that its holder did not confirm; inside its database transaction.

    A code that the holder's phone showed at a till is enough for a payment within its limits.

    Raises:
        PinRequired: nothing but the session was shown, or the proof is another person's.

    """
    if proof.means is Means.CODE and purpose == "PAYMENT" and proof.holder_id == wallet.holder_id:
        return
    require_pin(proof=proof, wallet=wallet)


def require_pin(*, proof: Proof, wallet: Wallet) -> None:
    """Refuse what the wallet's holder did not confirm with the PIN.

    Raises:
        PinRequired: nothing but the session was shown, or the proof is another person's.

    """
    if proof.means in {Means.SESSION, Means.CODE} or proof.holder_id != wallet.holder_id:
        raise PinRequired


def require_step_up(*, proof: Proof, user: User) -> None:
    """Refuse what needs a second proof, whatever the amount: keys, PINs, bank accounts.

    Raises:
        StepUpRequired: something less was shown, or the proof is another person's.

    """
    if proof.means is not Means.STEP_UP or proof.holder_id != user.pk:
        raise StepUpRequired
