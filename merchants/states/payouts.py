"""The states of payouts and of the files that carry them, and every edge.

The database refuses the other edges too: ``merchants/sql/0004_payout_guards`` says the same.
"""

from __future__ import annotations

from django.db import models


class PayoutState(models.TextChoices):
    """Where the money of a payout is."""

    CREATED = "CREATED", "Created"
    APPROVED = "APPROVED", "Approved"
    QUEUED = "QUEUED", "Queued"
    FILE_BUILT = "FILE_BUILT", "In a file"
    SUBMITTED = "SUBMITTED", "Submitted"
    UNKNOWN = "UNKNOWN", "Unknown: the bank is asked"
    ACCEPTED = "ACCEPTED", "Accepted by the bank"
    PAID = "PAID", "Paid"
    RECONCILED = "RECONCILED", "Reconciled"
    REJECTED = "REJECTED", "Rejected by the bank"
    RETURNED = "RETURNED", "Returned"
    FUNDS_RESTORED = "FUNDS_RESTORED", "Funds are payable again"
    CANCELLED = "CANCELLED", "Cancelled"


class FileState(models.TextChoices):
    """Where a payout run and its file are."""

    DRAFT = "DRAFT", "Draft"
    SIGNED = "SIGNED", "Signed by two persons"
    BUILT = "BUILT", "Written"
    SENT = "SENT", "Sent"
    UNKNOWN = "UNKNOWN", "Unknown: the bank is asked"
    ACKED = "ACKED", "Accepted whole"
    NACKED = "NACKED", "Rejected whole"
    PARTIAL = "PARTIAL", "Accepted in part"
    CLOSED = "CLOSED", "Closed: nothing is open any more"
    CANCELLED = "CANCELLED", "Cancelled"


_P = PayoutState
PAYOUT_EDGES = {
    (_P.CREATED, "approve"): _P.APPROVED,
    (_P.APPROVED, "queue"): _P.QUEUED,
    (_P.QUEUED, "build"): _P.FILE_BUILT,
    # The file is on its way: whatever happens now, it is not sent a second time.
    (_P.FILE_BUILT, "submit"): _P.SUBMITTED,
    # No answer. The bank is asked by the end-to-end id.
    (_P.SUBMITTED, "lose"): _P.UNKNOWN,
    (_P.SUBMITTED, "accept"): _P.ACCEPTED,
    (_P.UNKNOWN, "accept"): _P.ACCEPTED,
    # A debit on the account statement may be the first thing heard of it.
    (_P.SUBMITTED, "pay"): _P.PAID,
    (_P.UNKNOWN, "pay"): _P.PAID,
    (_P.ACCEPTED, "pay"): _P.PAID,
    (_P.SUBMITTED, "reject"): _P.REJECTED,
    (_P.UNKNOWN, "reject"): _P.REJECTED,
    (_P.ACCEPTED, "reject"): _P.REJECTED,
    (_P.PAID, "reconcile"): _P.RECONCILED,
    (_P.PAID, "return"): _P.RETURNED,
    (_P.RECONCILED, "return"): _P.RETURNED,
    (_P.REJECTED, "restore"): _P.FUNDS_RESTORED,
    (_P.RETURNED, "restore"): _P.FUNDS_RESTORED,
    (_P.CREATED, "cancel"): _P.CANCELLED,
    (_P.APPROVED, "cancel"): _P.CANCELLED,
    (_P.QUEUED, "cancel"): _P.CANCELLED,
}
BEFORE_FILE = (_P.CREATED, _P.APPROVED, _P.QUEUED)
# The payouts that settlements may still be paid by; of the others the money is payable again.
LIVE = tuple(state for state in _P if state not in (_P.FUNDS_RESTORED, _P.CANCELLED))

_F = FileState
FILE_EDGES = {
    (_F.DRAFT, "sign"): _F.SIGNED,
    (_F.DRAFT, "cancel"): _F.CANCELLED,
    (_F.SIGNED, "cancel"): _F.CANCELLED,
    (_F.SIGNED, "build"): _F.BUILT,
    (_F.BUILT, "send"): _F.SENT,
    (_F.SENT, "lose"): _F.UNKNOWN,
    (_F.SENT, "accept"): _F.ACKED,
    (_F.UNKNOWN, "accept"): _F.ACKED,
    (_F.SENT, "reject"): _F.NACKED,
    (_F.UNKNOWN, "reject"): _F.NACKED,
    (_F.SENT, "accept_part"): _F.PARTIAL,
    (_F.UNKNOWN, "accept_part"): _F.PARTIAL,
    (_F.ACKED, "close"): _F.CLOSED,
    (_F.NACKED, "close"): _F.CLOSED,
    (_F.PARTIAL, "close"): _F.CLOSED,
    # Each payout of a file that nothing was heard of was found out about one by one.
    (_F.SENT, "close"): _F.CLOSED,
    (_F.UNKNOWN, "close"): _F.CLOSED,
}
