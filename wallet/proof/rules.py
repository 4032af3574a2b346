"""Which proof something needs: the session, the PIN, or a second proof beside it.

The decision is ``needed``, a pure function; the others refuse what falls short of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ledger.money import Money
from wallet.errors import PinRequired, StepUpRequired
from wallet.models import Transfer, User, Wallet, Withdrawal
from wallet.proof.proofs import Means, Proof

PAYMENT, TRANSFER, WITHDRAWAL, BANK_ACCOUNT = "PAYMENT", "TRANSFER", "WITHDRAWAL", "BANK_ACCOUNT"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Above which amounts, in minor units, a second proof is asked for."""

    each: int
    new_payee: int


# Other currencies, whose worth the project does not know, ask whatever the amount.
THRESHOLDS = {
    "KRW": Thresholds(each=300_000, new_payee=100_000),
    "JPY": Thresholds(each=30_000, new_payee=10_000),
    "USD": Thresholds(each=22_500, new_payee=7_500),
}
_ALWAYS = Thresholds(each=0, new_payee=0)


def thresholds(currency: str) -> Thresholds:
    """Return a currency's thresholds."""
    return THRESHOLDS.get(currency, _ALWAYS)


def needed(*, purpose: str, amount: Money, is_known: bool) -> Means:
    """Return the least that must be shown for a movement.

    Args:
        purpose: what it is for; anything to do with a bank account is always stepped up.
        amount: how much.
        is_known: whether the payee was paid before; stores are as good as known.

    """
    bounds = thresholds(amount.currency)
    if purpose == BANK_ACCOUNT or amount.minor > bounds.each:
        return Means.STEP_UP
    if not is_known and amount.minor > bounds.new_payee:
        return Means.STEP_UP
    return Means.PIN


def authorize(
    *, proof: Proof, wallet: Wallet, purpose: str, amount: Money, payee: str, at: datetime
) -> None:
    """Refuse a movement that its holder did not prove enough; inside its database transaction.

    A code that the holder's phone showed at a till is enough for a payment within its limits.

    Args:
        proof: what was shown.
        wallet: the payer's, locked.
        purpose: PAYMENT, TRANSFER, WITHDRAWAL or BANK_ACCOUNT.
        amount: in the wallet's currency.
        payee: the phone number, bank account or store that gets it.
        at: when.

    Raises:
        PinRequired: the PIN was not shown, or the proof is another person's.
        StepUpRequired: the amount, or a payee never paid before, needs a second proof.

    """

    def is_known() -> bool:
        return _is_known(wallet, purpose, payee, at)

    require(
        proof=proof,
        holder_id=wallet.holder_id,
        purpose=purpose,
        amount=amount,
        is_known=is_known,
    )


def require(
    *,
    proof: Proof,
    holder_id: int,
    purpose: str,
    amount: Money,
    is_known: Callable[[], bool],
) -> None:
    """Refuse what was not proved enough; see ``authorize``.

    Args:
        proof: what was shown.
        holder_id: the payer.
        purpose: PAYMENT, TRANSFER, WITHDRAWAL or BANK_ACCOUNT.
        amount: in the wallet's currency.
        is_known: whether the payee was paid before; asked only where it decides.

    Raises:
        PinRequired: the PIN was not shown, or the proof is another person's.
        StepUpRequired: the amount, or a payee never paid before, needs a second proof.

    """
    if proof.means is Means.CODE and purpose == PAYMENT and proof.holder_id == holder_id:
        return
    if proof.holder_id != holder_id or not _confirms(proof):
        raise PinRequired
    if proof.means is Means.STEP_UP:
        return
    known = not asks_known(amount) or is_known()
    if needed(purpose=purpose, amount=amount, is_known=known) is Means.STEP_UP:
        raise StepUpRequired


def asks_known(amount: Money) -> bool:
    """Tell whether it matters for an amount that its payee was paid before."""
    return amount.minor > thresholds(amount.currency).new_payee


def require_pin(*, proof: Proof, wallet: Wallet) -> None:
    """Refuse what the wallet's holder did not confirm with the PIN.

    Raises:
        PinRequired: the PIN was not shown, or the proof is another person's.

    """
    if proof.holder_id != wallet.holder_id or not _confirms(proof):
        raise PinRequired


def require_step_up(*, proof: Proof, user: User) -> None:
    """Refuse what needs a second proof, whatever the amount: keys, PINs, lost phones.

    Raises:
        StepUpRequired: something less was shown, or the proof is another person's.

    """
    if proof.means is not Means.STEP_UP or proof.holder_id != user.pk:
        raise StepUpRequired


def _confirms(proof: Proof) -> bool:
    return proof.means in {Means.PIN, Means.DEVICE} or proof.has_pin


def _is_known(wallet: Wallet, purpose: str, payee: str, at: datetime) -> bool:
    if purpose == TRANSFER:
        paid = Transfer.objects.filter(sender=wallet, recipient__holder__phone=payee)
        return paid.filter(sent_at__lt=at).exists()
    if purpose == WITHDRAWAL:
        back = Withdrawal.objects.filter(wallet=wallet, bank_account__number=payee)
        return back.filter(status=Withdrawal.Status.CONFIRMED).exists()
    return True
