"""Which of our own people decides about merchants."""

from __future__ import annotations

from merchants.errors import NotStaff
from wallet.models import User


def require_staff(user: User) -> None:
    """Refuse who is not one of our own people.

    Raises:
        NotStaff: a consumer, or somebody who left.

    """
    if not (user.is_staff and user.is_active):
        raise NotStaff
