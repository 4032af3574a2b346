"""Who asks at the merchant API: how a view finds out, and what it then lets through.

A view of the merchant API inherits from ``MerchantView`` and says in ``needs`` which permission
each method takes. Its ``principal`` is an API key (``Authorization: Bearer mk_live_…``) or a
member of staff (``Authorization: Token …`` with ``Merchant-Id``), and is all it asks::

    class TerminalList(MerchantView):
        needs = {"GET": Permission.TERMINALS_READ, "POST": Permission.TERMINALS_WRITE}

        def post(self, request: Request) -> Response:
            store = get_object_or_404(
                self.principal.stores(Permission.TERMINALS_WRITE), public_id=...
            )
            reply = terminals.add.once(self.once("add_terminal", TerminalResponse), ...)

An object is looked for among those of ``principal.merchant`` or of ``principal.stores(...)``, so
that a stranger's is not found. ``merchant_wide`` refuses who holds the permission at single
stores only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.api import schema as schema  # noqa: PLC0414 - registers itself.
from merchants.api_keys.callers import principal_of_secret
from merchants.errors import (
    MerchantNotNamed,
    PermissionMissing,
    PersonNeeded,
    UnknownMerchant,
)
from merchants.staff.callers import principal_of_person
from wallet.api import once as keyed
from wallet.idempotency import Once
from wallet.models import User
from wallet.proof.proofs import prove
from wallet.proof.rules import require_step_up
from wallet.proof.tokens import TokenAuthentication

Result = TypeVar("Result")

MERCHANT_HEADER = "Merchant-Id"
_SCHEME = "bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer mk_live_…``; nobody is signed in, the key is the principal."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Principal] | None:
        """Return the key as the request's ``auth``; None where no key is given.

        Raises:
            AuthenticationFailed: the key is unknown, expired or revoked; which, is not told.

        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != _SCHEME:
            return None
        found = principal_of_secret(secret=secret.strip(), at=timezone.now())
        if found is None:
            raise AuthenticationFailed("The API key is not valid.")
        return AnonymousUser(), found

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature.
        """Return what a 401 asks for."""
        return 'Bearer realm="merchant"'


class StaffAuthentication(BaseAuthentication):
    """A person's token, with ``Merchant-Id`` to say for which merchant."""

    def authenticate(self, request: Request) -> tuple[Any, Principal] | None:
        """Return the person with their roles as ``auth``; None where no token is given.

        Raises:
            AuthenticationFailed: the token is unknown or expired.
            MerchantNotNamed: the header is missing.
            UnknownMerchant: there is no such merchant, or the person does not work for it.

        """
        signed_in = TokenAuthentication().authenticate(request)
        if signed_in is None:
            return None
        user = signed_in[0]
        merchant_id = request.headers.get(MERCHANT_HEADER)
        if not merchant_id:
            raise MerchantNotNamed
        found = principal_of_person(user=user, merchant_id=merchant_id)
        if found is None:
            raise UnknownMerchant
        return user, found


class _MayDoThis(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, Principal):
            return False
        if not isinstance(view, MerchantView):
            raise TypeError("this permission is for views of the merchant API")
        needed = view.needs.get(request.method or "")
        if needed is None:  # no such method: 405, whoever asks
            return True
        may = request.auth.may_everywhere if view.merchant_wide else request.auth.may
        if not may(needed):
            raise PermissionMissing(needed.value)
        return True


class CallerThrottle(UserRateThrottle):
    """Counts an API key as a person is counted: by itself, whatever address it asks from."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return under which name the request is counted."""
        if isinstance(request.auth, Principal) and request.auth.user is None:
            return f"throttle_{self.scope}_{request.auth.actor}"
        return super().get_cache_key(request, view)


class MerchantView(APIView):
    """A view of the merchant API; see the module."""

    authentication_classes = (ApiKeyAuthentication, StaffAuthentication)
    permission_classes = (_MayDoThis,)
    throttle_classes = (CallerThrottle,)
    needs: ClassVar[Mapping[str, Permission]] = {}
    merchant_wide: ClassVar[bool] = False

    @property
    def principal(self) -> Principal:
        """Who asks."""
        found = self.request.auth
        if not isinstance(found, Principal):
            raise TypeError("nobody was let in")
        return found

    @property
    def person(self) -> User:
        """The member of staff who asks.

        Raises:
            PersonNeeded: it is an API key.

        """
        if self.principal.user is None:
            raise PersonNeeded
        return self.principal.user

    def confirmed(self) -> User:
        """Return the member of staff who asks, and proved it a second time.

        Raises:
            PersonNeeded: it is an API key.
            StepUpRequired, StepUpRefused: there is no second proof for this request.

        """
        user = self.person
        require_step_up(proof=prove(self.request), user=user)
        return user

    def once(
        self,
        operation: str,
        document: Callable[[Result], serializers.Serializer[Any]],
        *,
        status: int = 201,
    ) -> Once[Result]:
        """Return how to answer this request once; see ``wallet.api.once``."""
        return keyed.once(
            self.request,
            operation,
            document,
            principal=self.principal.idempotency_principal,
            status=status,
        )
