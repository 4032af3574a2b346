"""What payers, merchants and those who decide do about a payment, in a line each."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from ledger.money import Money
from merchants.disputes import deciding, evidence, opening
from merchants.disputes.deciding import dispute_facts
from merchants.disputes.evidence import Shown
from merchants.disputes.opening import Claim
from merchants.models import Dispute, DisputeEvidence, Payment, Store
from merchants.onboarding.digests import digest_of
from merchants.payments.paying import pay
from merchants.states import DisputeState
from tests.merchants.payments.stories import NOON, bill
from tests.wallet.people import fund, held, proven
from wallet.models import User, Wallet

DAY = timedelta(days=1)
PAYER, MERCHANT = DisputeEvidence.Side.PAYER, DisputeEvidence.Side.MERCHANT


def paid(store: Store, wallet: Wallet, minor: int = 10_000) -> Payment:
    """Somebody with enough money pays at the printed code."""
    fund(wallet, Money(minor, "KRW"))
    made = bill(minor, order_no=None)
    return pay(wallet=wallet, store=store, bill=made, proof=proven(wallet), at=NOON)


def contest(
    payment: Payment, wallet: Wallet, minor: int | None = None, *, at: datetime = NOON
) -> Dispute:
    """The payer wants the money back."""
    amount = None if minor is None else Money(minor, "KRW")
    claim = Claim(amount, "NOT_RECEIVED", "It never came.")
    return opening.open_dispute(number=payment.number, wallet=wallet, claim=claim, at=at)


def withdraw(payment: Payment, wallet: Wallet, *, at: datetime = NOON) -> Dispute:
    """The payer takes it back."""
    return opening.withdraw(number=payment.number, wallet=wallet, at=at)


def answer(dispute: Dispute, text: str = "It was handed over.", *, at: datetime = NOON) -> None:
    """The merchant answers."""
    evidence.add(dispute=dispute, shown=Shown(MERCHANT, "user:1", text), at=at)


def concede(dispute: Dispute, *, at: datetime = NOON) -> Dispute:
    """The merchant says that the payer is right."""
    return evidence.concede(dispute=dispute, actor="user:1", at=at)


def propose(dispute: Dispute, outcome: str, by: User, *, at: datetime = NOON + DAY) -> Dispute:
    """The first of two people says how it should end."""
    return deciding.propose(
        dispute=dispute, outcome=DisputeState(outcome), reason="as shown", by=by, at=at
    )


def seen(dispute: Dispute) -> str:
    """The digest of what is shown of it now."""
    return digest_of(dispute_facts(Dispute.objects.get(pk=dispute.pk)))


def approve(dispute: Dispute, by: User, *, at: datetime = NOON + 2 * DAY) -> Dispute:
    """The second agrees."""
    return deciding.approve(dispute=dispute, seen=seen(dispute), by=by, at=at)


def books(wallet: Wallet, store: Store) -> tuple[int, int, int]:
    """What the payer holds, the merchant is owed, and is held back from it; the book is whole."""
    assert trial_balance() == {"KRW": 0}
    merchant = store.merchant
    back = account_id(f"merchant:{merchant.public_id}:disputed", "KRW")
    return held(wallet), balance(merchant.payable_account_id).minor, balance(back).minor


def state(dispute: Dispute) -> tuple[str, str]:
    """How a dispute stands in the database, and who ended it."""
    found = Dispute.objects.get(pk=dispute.pk)
    return found.state, found.ended_by
