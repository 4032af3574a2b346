"""How a dispute goes; PostgreSQL says the same in ``merchants/sql/0009_disputes``.

Won and lost are said from where the merchant stands.
"""

from __future__ import annotations

from django.db import models


class DisputeState(models.TextChoices):
    """What became of a dispute."""

    OPEN = "OPEN", "Open"
    PROPOSED = "PROPOSED", "A decision is proposed"
    WON = "WON", "The merchant keeps the money"
    LOST = "LOST", "The payer has it back"
    WITHDRAWN = "WITHDRAWN", "Taken back by the payer"
    CONCEDED = "CONCEDED", "Conceded by the merchant"


_S = DisputeState
DISPUTE_EDGES = {
    # The first of two people says how it should end; the second agrees, or sends it back.
    (_S.OPEN, "propose"): _S.PROPOSED,
    (_S.PROPOSED, "send_back"): _S.OPEN,
    (_S.PROPOSED, "approve_won"): _S.WON,
    (_S.PROPOSED, "approve_lost"): _S.LOST,
    # Nobody decided in time.
    (_S.OPEN, "default_won"): _S.WON,
    (_S.OPEN, "default_lost"): _S.LOST,
    (_S.PROPOSED, "default_won"): _S.WON,
    (_S.PROPOSED, "default_lost"): _S.LOST,
    (_S.OPEN, "withdraw"): _S.WITHDRAWN,
    (_S.PROPOSED, "withdraw"): _S.WITHDRAWN,
    (_S.OPEN, "concede"): _S.CONCEDED,
    (_S.PROPOSED, "concede"): _S.CONCEDED,
}
UNDECIDED = (_S.OPEN, _S.PROPOSED)
