"""Sessions of apps: tokens of the API, where they were given out, and how they end."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from knox.models import AuthToken

from wallet.errors import UnknownSession, WrongCredentials
from wallet.idempotency import use_case
from wallet.models import Session, User
from wallet.proof import sign_ins
from wallet.proof.telling import tell

AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that began; its token is known to its holder alone."""

    session: Session
    token: str
    expires_at: datetime


@use_case
def begin(*, user: User, user_agent: str, address: str, at: datetime) -> Begun:
    """Give somebody who showed the password a token."""
    made, token = AuthToken.objects.create(user=user)
    session = Session.objects.create(
        user=user,
        token=made,
        user_agent=user_agent[:AGENT_LENGTH],
        address=address or None,
        began_at=at,
    )
    return Begun(session, token, made.expiry)


def sessions_of(user: User, *, at: datetime) -> QuerySet[Session]:
    """Return a person's sessions, the newest first."""
    living = Session.objects.filter(user=user, token__expiry__gt=at)
    return living.select_related("token").order_by("-began_at", "-pk")


@use_case
def end(*, user: User, public_id: uuid.UUID) -> None:
    """End a session: its token is worth nothing from now.

    Raises:
        UnknownSession: it is not the person's, or ended before.

    """
    removed, _ = AuthToken.objects.filter(user=user, session__public_id=public_id).delete()
    if not removed:
        raise UnknownSession


@use_case
def end_others(*, user: User, current: AuthToken | None) -> int:
    """End all sessions but one; return how many ended."""
    return _end_others(user, current)


def change_password(
    *, user: User, old: str, new: str, current: AuthToken | None, at: datetime
) -> None:
    """Change a password, and end all sessions but the one that asks; web sessions end with it.

    Raises:
        WrongCredentials: the old password is wrong.
        TooManySignIns: too many wrong passwords were given, here or to sign in.

    """
    sign_ins.require_password(user=user, password=old, at=at)
    _change_password(user=user, new=new, current=current, at=at)


@use_case
def _change_password(*, user: User, new: str, current: AuthToken | None, at: datetime) -> None:
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.password != user.password:
        raise WrongCredentials  # somebody else changed it meanwhile
    locked.set_password(new)
    locked.save(update_fields=["password"])
    _end_others(user, current)
    tell(user=user, kind="password.changed", facts={}, at=at)


def _end_others(user: User, current: AuthToken | None) -> int:
    others = AuthToken.objects.filter(user=user)
    if current is not None:
        others = others.exclude(pk=current.pk)
    ended: int = others.count()
    others.delete()
    return ended
