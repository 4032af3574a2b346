"""Taking a payment from the wallet whose code the payer showed at the till."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.errors import CurrencyMismatch
from merchants.fees.agreements import price_by
from merchants.models import FeeAgreement, Payment, Store
from merchants.payments.charging import statements
from merchants.payments.charging.statements import Facts
from merchants.payments.moving import mark_paid, move, payee_of
from merchants.payments.orders import LONGEST_TIME_OUT, TIME_OUT, as_asked, the_only, wait_for
from merchants.payments.paying import PURPOSE, Bill, asked
from merchants.risk.screening import screen_measured
from wallet.errors import LimitExceeded, PinRequired, StepUpRequired, WalletNotOpen
from wallet.idempotency import Ticket, ticketed_use_case, write_answer
from wallet.limits.spending import kind_of, permit
from wallet.models import CodeKind, Wallet
from wallet.proof.proofs import Means, Proof
from wallet.proof.rules import authorize


@ticketed_use_case
def charge(
    ticket: Ticket[Payment],
    *,
    store: Store,
    bill: Bill,
    wallet: Wallet,
    at: datetime,
    time_out: timedelta = TIME_OUT,
) -> Payment:
    """Take a payment from the wallet whose code the payer showed at the till.

    What a code alone may not pay waits for the payer's confirmation: the payment comes back as
    AWAITING_PAYER, and the till asks what became of it.

    Raises:
        CurrencyMismatch: wallet, store and amount are not all in one currency.
        WalletNotOpen: the wallet is frozen or closed.
        RiskRefused: it looks wrong.
        LimitExceeded: it is more than may leave the wallet, confirmed or not.
        OrderConflict: the order number is another payment's.
        InsufficientFunds: the wallet does not hold enough.

    """
    for currency in (wallet.currency, store.merchant.currency):
        if currency != bill.amount.currency:
            raise CurrencyMismatch(currency, bill.amount.currency)
    facts = statements.look(
        ticket,
        wallet=wallet,
        store=store,
        order_no=bill.merchant_order_no,
        amount_minor=bill.amount.minor,
        at=at,
    )
    if facts.wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    payment = asked(store=store, bill=bill, presented=Payment.Presented.CONSUMER, at=at)
    payment.wallet, payment.expires_at = facts.wallet, at + min(time_out, LONGEST_TIME_OUT)
    if facts.earlier_id is not None:
        return write_answer(ticket, as_asked(facts.earlier_id, payment))
    try:
        _require_permitted(facts, store=store, bill=bill, at=at)
    except (PinRequired, StepUpRequired, LimitExceeded) as exc:
        if isinstance(exc, LimitExceeded) and Means.CODE.value not in exc.limit.split():
            raise
        return write_answer(ticket, wait_for(payment, facts.wallet, at))
    return _pay(ticket, payment, facts, store=store, at=at)


def _require_permitted(facts: Facts, *, store: Store, bill: Bill, at: datetime) -> None:
    """Refuse what a code alone may not pay, or nothing may."""
    wallet, amount = facts.wallet, bill.amount
    proof = Proof(wallet.holder_id, Means.CODE)
    payee = payee_of(store.merchant)
    authorize(proof=proof, wallet=wallet, purpose=PURPOSE, amount=amount, payee=payee, at=at)
    screen_measured(facts.measured, wallet=wallet, store=store, amount=amount, proof=proof, at=at)
    kind = kind_of(PURPOSE, proof, CodeKind.CONSUMER)
    permit(wallet=wallet, books=facts.books, kind=kind, amount=amount, at=at)


def _pay(
    ticket: Ticket[Payment], payment: Payment, facts: Facts, *, store: Store, at: datetime
) -> Payment:
    if facts.plan is None:
        raise FeeAgreement.DoesNotExist
    move(payment, "pay")
    price = price_by(plan=facts.plan, merchant=payment.merchant, kind=payment.presented, at=at)
    mark_paid(payment, wallet=facts.wallet, captured=payment.amount, at=at, price=price)
    if statements.write(ticket, payment, wallet=facts.wallet, store=store):
        return payment
    # The order got another payment while this one was decided; it is committed now.
    return write_answer(ticket, the_only(payment))
