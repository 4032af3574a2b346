"""Writing down what an upload decided: payments, vouchers, postings; each kind at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import Item, debit, post_many
from merchants.events.recording import wake
from merchants.fees import payment_fee
from merchants.fees.agreements import price_for
from merchants.models import Merchant, Payment, TillNonce, Voucher
from merchants.offline.uploading.checking import asked
from merchants.offline.uploading.claims import Claim
from merchants.payments.moving import credits_of, move, reference_of
from merchants.payments.numbers import payment_number
from merchants.states import PaymentState
from wallet.activity.notes import Note, note_all
from wallet.chart import OFFLINE_LOSS
from wallet.events import record_all

KIND = Payment.Presented.OFFLINE


def write_payments(claims: Sequence[Claim], *, merchant: Merchant, at: datetime) -> None:
    """Write the payments of claims that somebody pays, with the merchant's fee."""
    price = price_for(merchant=merchant, kind=KIND.value, at=at)
    for claim in claims:
        if claim.paid_minor:
            claim.payment = _payment(claim, merchant, at)
            claim.payment.fee_minor = payment_fee(plan=price, amount_minor=claim.paid_minor)
    Payment.objects.bulk_create(claim.payment for claim in claims if claim.payment is not None)


def write_vouchers(claims: Sequence[Claim], *, late: Sequence[Claim], at: datetime) -> None:
    """Write the vouchers, those that came too late among them, and the nonces they answer."""
    ordered = sorted([*claims, *late], key=lambda claim: (claim.voucher.counter, claim.digest))
    allowance_ids = {claim.matched[0].pk for claim in ordered}
    rows = Voucher.objects.filter(allowance_id__in=allowance_ids)
    counters = set(rows.values_list("allowance_id", "counter"))
    too_late = {id(claim) for claim in late}
    for claim in ordered:
        slot = (claim.matched[0].pk, claim.voucher.counter)
        state = Voucher.State.LATE if id(claim) in too_late else _state(claim)
        claim.row = _row(claim, state, at, is_conflict=slot in counters)
        counters.add(slot)
    Voucher.objects.bulk_create(claim.row for claim in ordered if claim.row is not None)
    TillNonce.objects.bulk_create(
        TillNonce(till=claim.matched[1], nonce=claim.voucher.nonce, payment=claim.payment)
        for claim in ordered
    )


def post_claims(claims: Sequence[Claim], *, at: datetime) -> None:
    """Post what is paid by one call, and take it off the reserves.

    Raises:
        LedgerError: an account refuses; nothing of the upload happened then.

    """
    paid = [claim for claim in claims if claim.payment is not None]
    for outcome in post_many([_item(claim, at) for claim in paid]):
        if outcome.refusal is not None:
            raise outcome.refusal
    for claim in paid:
        claim.matched[0].claimed_minor += claim.reserve_minor


def tell(claims: Sequence[Claim], *, merchant: Merchant, at: datetime) -> None:
    """Note each payment in the payer's activity, and tell of it.

    The merchant's events are written with the rows of the payments.
    """
    told, notes = [], []
    for claim in claims:
        allowance, till = claim.matched
        if claim.payment is None:
            continue
        store, paid = till.terminal.store.name, claim.payment.captured
        money = {"amount": paid.to_major(), "currency": paid.currency}
        facts: dict[str, object] = {"number": claim.payment.number, "amount": money}
        told.append((allowance.wallet, "payment.succeeded", facts | {"counterparty": store}))
        reference = reference_of(claim.payment)
        notes.append(Note(allowance.wallet_id, reference, "PAYMENT", store, "", at))
    if told:
        wake(merchant)
        note_all(notes)
        record_all(told, at=at)


def _payment(claim: Claim, merchant: Merchant, at: datetime) -> Payment:
    allowance, till = claim.matched
    payment = Payment(
        number=payment_number(at),
        store=till.terminal.store,
        merchant=merchant,
        wallet=allowance.wallet,
        merchant_order_no=claim.presented.order_no,
        presented=KIND,
        currency=allowance.currency,
        amount_minor=claim.voucher.amount,
        captured_minor=claim.paid_minor,
        state=PaymentState.CREATED,
        created_at=min(asked(claim), at),
        paid_at=at,
    )
    move(payment, "pay")
    return payment


def _state(claim: Claim) -> Voucher.State:
    if claim.paid_minor == claim.voucher.amount:
        return Voucher.State.PAID
    return Voucher.State.PARTLY_PAID if claim.paid_minor else Voucher.State.UNPAID


def _row(claim: Claim, state: Voucher.State, at: datetime, *, is_conflict: bool) -> Voucher:
    allowance, till = claim.matched
    code, said = claim.code, claim.voucher
    return Voucher(
        digest=claim.digest,
        allowance=allowance,
        till=till,
        counter=said.counter,
        amount_minor=said.amount,
        cumulative_minor=said.cumulative,
        body=said.body,
        signature=b"" if code is None else code.signature,
        is_conflict=is_conflict,
        state=state,
        reserve_minor=claim.reserve_minor,
        loss_minor=claim.loss_minor,
        payment=claim.payment,
        asked_at=asked(claim),
        received_at=at,
    )


def _item(claim: Claim, at: datetime) -> Item:
    (allowance, _), payment = claim.matched, claim.payment
    account = allowance.wallet.offline_account_id
    if payment is None or account is None:
        raise TypeError("only what is paid is posted")
    legs = credits_of(payment)
    if claim.reserve_minor:
        legs.append(debit(account, Money(claim.reserve_minor, allowance.currency)))
    if claim.loss_minor:
        loss = Money(claim.loss_minor, allowance.currency)
        legs.append(debit(account_id(OFFLINE_LOSS, allowance.currency), loss))
    return Item("PAYMENT", reference_of(payment), legs, at)
