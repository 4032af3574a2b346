"""What each side has to say and to show; and the merchant who says that the payer is right."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from merchants.access.audits import note
from merchants.disputes.opening import of_payment
from merchants.errors import DisputeEnded, EvidenceInvalid, EvidenceTooLate, TooMuchEvidence
from merchants.models import Dispute, DisputeEvidence
from merchants.models.disputes import MAX_FILE_BYTES
from merchants.payments.contested import end_dispute, tell_both
from merchants.payments.finding import lock_by_id
from merchants.states import DisputeState
from wallet.idempotency import use_case

MOST_OF_A_SIDE = 5
_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
_Side = DisputeEvidence.Side


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence: a text, a file, or both; ``actor`` is who gives it, for audits."""

    side: DisputeEvidence.Side
    actor: str
    text: str = ""
    file: bytes | None = None


@use_case
def add(*, dispute: Dispute, shown: Shown, at: datetime) -> DisputeEvidence:
    """Put something before those who decide, while there is time.

    Raises:
        EvidenceInvalid: neither a text nor a file of a kind and size that is taken.
        DisputeEnded: the dispute is decided, or about to be.
        EvidenceTooLate: the time for evidence is over.
        TooMuchEvidence: this side has given five pieces.

    """
    file_type = "" if shown.file is None else _type_of(shown.file)
    if not shown.text and shown.file is None:
        raise EvidenceInvalid
    payment = lock_by_id(dispute.payment_id)
    found = of_payment(payment)
    if found.state != DisputeState.OPEN:
        raise DisputeEnded(found.state)
    if at >= found.answer_by:
        raise EvidenceTooLate
    if DisputeEvidence.objects.filter(dispute=found, side=shown.side).count() >= MOST_OF_A_SIDE:
        raise TooMuchEvidence
    added = DisputeEvidence.objects.create(
        dispute=found,
        side=shown.side,
        actor=shown.actor,
        text=shown.text,
        file=shown.file,
        file_type=file_type,
        file_sha256="" if shown.file is None else hashlib.sha256(shown.file).hexdigest(),
        added_at=at,
    )
    if shown.side == _Side.MERCHANT and found.answered_at is None:
        found.answered_at = at
        found.save(update_fields=["answered_at"])
        tell_both(payment, found, "dispute.answered", "dispute.answered", at=at)
    return added


@use_case
def concede(*, dispute: Dispute, actor: str, at: datetime) -> Dispute:
    """Say that the payer is right: the money goes back at once; again, it has gone already.

    Raises:
        DisputeEnded: it was decided.

    """
    payment = lock_by_id(dispute.payment_id)
    found = of_payment(payment)
    if found.state == DisputeState.CONCEDED:
        return found
    end_dispute(payment, found, "concede", by=Dispute.EndedBy.MERCHANT, at=at)
    facts = {"dispute": str(found.public_id), "payment": payment.number}
    note(merchant=payment.merchant, action="dispute.conceded", actor=actor, facts=facts, at=at)
    return found


def _type_of(file: bytes) -> str:
    """Return what kind of file it is, by its beginning and not by what somebody calls it."""
    found = [kind for beginning, kind in _BEGINNINGS.items() if file.startswith(beginning)]
    if not found or len(file) > MAX_FILE_BYTES:
        raise EvidenceInvalid
    return found[0]
