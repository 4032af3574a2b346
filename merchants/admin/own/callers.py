"""For which merchant somebody looks: one of those they work for, kept in the session."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from merchants.access.principal import Principal
from merchants.models import Merchant, StaffRole
from merchants.staff.callers import principal_of_person
from wallet.models import User

_SESSION_KEY = "merchant"


def merchants_of(user: User) -> list[Merchant]:
    """Return the merchants that somebody works for, in the order of their names."""
    roles = StaffRole.objects.filter(user=user, ended_at__isnull=True)
    return list(Merchant.objects.filter(pk__in=roles.values("merchant_id")).order_by("legal_name"))


def works_somewhere(user: Any) -> bool:
    """Tell whether somebody works for any merchant."""
    return StaffRole.objects.filter(user_id=user.pk, ended_at__isnull=True).exists()


def caller_of(request: HttpRequest) -> Principal | None:
    """Return who looks, for the merchant they chose or their first; None: they work for nobody.

    Asked of the database anew for each request, so that a role that ended ends at once.
    """
    if not hasattr(request, "caller"):
        request.caller = _found(request)  # type: ignore[attr-defined]  # kept with the request
    found: Principal | None = request.caller  # type: ignore[attr-defined]
    return found


def require_caller(request: HttpRequest) -> Principal:
    """Return who looks.

    Raises:
        PermissionDenied: somebody who works for no merchant.

    """
    found = caller_of(request)
    if found is None:
        raise PermissionDenied
    return found


def choose(request: HttpRequest, merchant_id: str) -> bool:
    """Look for another of one's merchants from now on; False: it is not one of them."""
    if not isinstance(request.user, User):
        return False
    if principal_of_person(user=request.user, merchant_id=merchant_id) is None:
        return False
    request.session[_SESSION_KEY] = merchant_id
    return True


def _found(request: HttpRequest) -> Principal | None:
    if not isinstance(request.user, User):
        return None
    chosen = str(request.session.get(_SESSION_KEY, ""))
    if chosen and (found := principal_of_person(user=request.user, merchant_id=chosen)):
        return found
    first = merchants_of(request.user)[:1]
    return (
        principal_of_person(user=request.user, merchant_id=first[0].public_id) if first else None
    )
