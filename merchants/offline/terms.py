"""On which terms a merchant accepts payments without a network; it opts in, with its ceilings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import DataError

from merchants.access.audits import note
from merchants.errors import OfflineNotAccepted, OfflineTermsUnsound
from merchants.models import Merchant, OfflineTerms
from merchants.refusals import refused_as
from wallet.idempotency import use_case

# How old a till's list of revoked telephones, and its last upload, may get before it accepts no
# more; both bound what a hostile telephone costs, and until when a voucher may arrive.
LIST_AGE, UPLOAD_AGE = timedelta(hours=24), timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What a merchant accepts at most, in minor units; see ``OfflineTerms``."""

    each_minor: int
    allowance_minor: int
    day_minor: int
    stored_minor: int


@use_case
def set_terms(
    *, merchant: Merchant, accepts: bool, ceilings: Ceilings, actor: str, at: datetime
) -> OfflineTerms:
    """Accept payments without a network, on other terms or no more; tills hear of it when online.

    Raises:
        OfflineTermsUnsound: the ceilings do not fit each other.

    """
    facts = asdict(ceilings) | {"accepts": accepts}
    try:
        with refused_as(OfflineTermsUnsound, "merchants_offline_terms_sound"):
            terms, _ = OfflineTerms.objects.update_or_create(
                merchant=merchant, defaults={**facts, "changed_at": at}
            )
    except DataError as exc:
        raise OfflineTermsUnsound from exc
    note(merchant=merchant, action="offline.terms", actor=actor, facts=facts, at=at)
    return terms


def terms_of(merchant: Merchant) -> OfflineTerms:
    """Return the terms of a merchant that accepts payments without a network.

    Raises:
        OfflineNotAccepted: it does not.

    """
    found = OfflineTerms.objects.filter(merchant=merchant, accepts=True).first()
    if found is None:
        raise OfflineNotAccepted
    return found
