"""For which merchant a signed-in person acts, and in which roles."""

from __future__ import annotations

import re

from merchants.access.audits import name_of
from merchants.access.permissions import ROLE_PERMISSIONS
from merchants.access.principal import Grant, Principal
from merchants.models import Role, StaffRole
from wallet.models import User

_PUBLIC_ID = re.compile(r"[A-Z0-9]{1,25}", re.ASCII)


def principal_of_person(*, user: User, merchant_id: str) -> Principal | None:
    """Return a person as staff of the merchant with this public id; None when they are not."""
    if not _PUBLIC_ID.fullmatch(merchant_id):
        return None
    held = list(
        StaffRole.objects.select_related("merchant").filter(
            user=user, merchant__public_id=merchant_id, ended_at__isnull=True
        )
    )
    if not held:
        return None
    return Principal(
        merchant=held[0].merchant,
        actor=name_of(user),
        grants=tuple(_grant(role) for role in held),
        user=user,
    )


def _grant(held: StaffRole) -> Grant:
    return Grant(
        ROLE_PERMISSIONS[Role(held.role)],
        store_id=held.store_id,
        refund_limit_minor=held.refund_limit_minor,
    )
