"""Tokens of the API, by knox: who asks is found out in one statement.

With the person come the wallet in the address and the device that signed the request, where they
are that person's; most requests would ask for them next.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ledger.calls import call
from wallet.models import Device, User, Wallet
from wallet.proof.devices import DEVICE_HEADER, device_id

_ENTER = "SELECT * FROM wallet_enter($1::text, $2::uuid, $3::uuid)"
# In the order of the models' columns, as ``from_db`` wants them.
_TOKEN = ("digest", "token_key", "user_id", "created", "expiry")
_PERSON = (
    *("id", "password", "last_login", "is_superuser", "phone", "phone_confirmed_at"),
    *("is_staff", "is_active", "joined_at"),
)
_WALLET = (
    *("id", "public_id", "holder_id", "currency", "available_account_id", "held_account_id"),
    *("offline_account_id", "status", "tier", "opened_at", "closed_at"),
)
_DEVICE = ("id", "public_id", "user_id", "public_key")


@dataclass(frozen=True, slots=True)
class Entrance:
    """What the request names and the person has: the wallet in the address, the device."""

    wallet: Wallet | None = None
    device: Device | None = None


NOTHING = Entrance()


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]  # knox is not typed.
    """Reads a token by one query; a job removes what expired, and not each request."""

    def authenticate(self, request: Request) -> tuple[User, AuthToken] | None:
        """Return who asks, and the token, which carries an ``Entrance``."""
        self._wallet_id = request.parser_context.get("kwargs", {}).get("wallet_id")
        self._device_id = device_id(request.headers.get(DEVICE_HEADER, ""))
        found: tuple[User, AuthToken] | None = super().authenticate(request)
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """Return whose a token is.

        Raises:
            AuthenticationFailed: it is nobody's, or too old, or of somebody who was shut out.

        """
        digest = hash_token(token.decode("latin-1"))
        rows = call(_ENTER, (digest, self._wallet_id, self._device_id))
        if not rows or (rows[0][2] is not None and rows[0][2] < timezone.now()):
            raise AuthenticationFailed("Invalid token.")
        (row,) = rows
        user = User.from_db(connection.alias, _PERSON, row[3:12])
        found = AuthToken.from_db(connection.alias, _TOKEN, (digest, row[0], user.pk, *row[1:3]))
        found.user = user
        found.entrance = Entrance(
            _wallet(user, self._wallet_id, row[12:21]), _device(user, self._device_id, row[21:])
        )
        answer: tuple[User, AuthToken] = self.validate_user(found)
        return answer


def entrance(request: Request) -> Entrance:
    """Return what came with the token; nothing for who came in another way."""
    found = getattr(request.auth, "entrance", None)
    return found if isinstance(found, Entrance) else NOTHING


def _wallet(user: User, public_id: uuid.UUID | None, row: Any) -> Wallet | None:
    if row[0] is None:
        return None
    values = (row[0], public_id, user.pk, *row[1:])
    wallet = Wallet.from_db(connection.alias, _WALLET, values)
    wallet.holder = user
    return wallet


def _device(user: User, public_id: uuid.UUID | None, row: Any) -> Device | None:
    if row[0] is None:
        return None
    device = Device.from_db(connection.alias, _DEVICE, (row[0], public_id, user.pk, row[1]))
    device.user = user
    return device


def prune(*, at: datetime) -> int:
    """Remove tokens that open nothing any more."""
    removed: int
    removed, _ = AuthToken.objects.filter(expiry__lt=at).delete()
    return removed
