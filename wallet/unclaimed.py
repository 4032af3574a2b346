"""Money sent to a phone number without a wallet: where it waits, and the ways it may leave.

Note [One place]: a claim's money leaves ``claims:unclaimed`` once. Whoever moves it locks the
claim's row first and finds it OPEN; the edge, the posting and the event are one database
transaction. Every way out locks claims before the ledger's balances, and all that it will move at
once, in order of id; wallets, where they are decided by, are locked before claims.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from ledger.accounts import account_id
from ledger.posting import credit, debit, post
from wallet.activity.notes import note
from wallet.chart import UNCLAIMED
from wallet.errors import ClaimNotOpen, LimitExceeded
from wallet.events import record
from wallet.facts import facts_of
from wallet.limits.spending import admit, give_back
from wallet.models import Claim, Wallet

Status = Claim.Status
EDGES = frozenset(
    {
        (Status.OPEN, Status.CLAIMED),
        (Status.OPEN, Status.CANCELLED),
        (Status.OPEN, Status.RETURNED),
    }
)
AT_ONCE = 100  # claims collected in one database transaction


def claim_all_for(*, wallet: Wallet, at: datetime) -> list[Claim]:
    """Give an open wallet what waits for its holder's phone number, once that is confirmed.

    A plain function: signing up, confirming a phone number and opening a wallet call it in their
    own database transaction. What the wallet has no room for stays where it is.
    """
    holder = wallet.holder
    if holder.phone_confirmed_at is None or wallet.status != Wallet.Status.OPEN:
        return []
    waiting = Claim.objects.filter(
        phone=holder.phone, currency=wallet.currency, status=Status.OPEN
    )
    claims = list(waiting.select_for_update(no_key=True).order_by("pk")[:AT_ONCE])
    collected = []
    for claim in claims:
        with suppress(LimitExceeded), transaction.atomic():
            give(claim=claim, to=wallet, at=at)
            collected.append(claim)
    return collected


def give(*, claim: Claim, to: Wallet, at: datetime) -> None:
    """Pay a locked claim to a locked wallet of the person it was sent to.

    Raises:
        ClaimNotOpen: it was decided before.
        LimitExceeded: the wallet may not hold that much; the claim waits.

    """
    admit(wallet=to, amount=claim.amount, at=at)
    claim.recipient = to
    _leave(claim, Status.CLAIMED, to, at)
    note(
        wallet=to,
        reference=_reference(claim),
        kind="CLAIM_CLAIMED",
        counterparty=claim.sender.holder.phone,
        memo=claim.memo,
        at=at,
    )
    for wallet in (claim.sender, to):
        _tell(wallet, claim, "claim.claimed", at)


def take_back(*, claim: Claim, status: Claim.Status, at: datetime) -> None:
    """Pay a locked claim back to its sender: CANCELLED by them, or RETURNED in the end.

    Raises:
        ClaimNotOpen: it was decided before.

    """
    _leave(claim, status, claim.sender, at)
    give_back(reference=f"claim:{claim.public_id}", amount=claim.amount)
    _tell(claim.sender, claim, f"claim.{status.lower()}", at)


def _leave(claim: Claim, status: Claim.Status, to: Wallet, at: datetime) -> None:
    if (claim.status, status) not in EDGES:
        raise ClaimNotOpen(claim.status)
    claim.status, claim.decided_at = status, at
    claim.save(update_fields=["status", "decided_at", "recipient"])
    post(
        kind=f"CLAIM_{status}",
        reference=_reference(claim),
        legs=[
            debit(account_id(UNCLAIMED, claim.currency), claim.amount),
            credit(to.available_account_id, claim.amount),
        ],
        effective_at=at,
    )


def _reference(claim: Claim) -> str:
    return f"claim_end:{claim.public_id}"


def _tell(wallet: Wallet, claim: Claim, kind: str, at: datetime) -> None:
    facts = facts_of("claim_id", claim.public_id, claim.amount, claim.memo)
    record(wallet=wallet, kind=kind, facts=facts, at=at)
