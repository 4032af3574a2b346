"""Sessions of browsers, which Django keeps: whose they are, so that they can be ended."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.sessions.models import Session as DjangoSession
from django.db.models import Exists, OuterRef, QuerySet

from wallet.errors import UnknownSession
from wallet.idempotency import use_case
from wallet.models import User, WebSession
from wallet.proof.sessions import AGENT_LENGTH


@use_case
def begin(
    *, user: User, session_key: str, user_agent: str, address: str, at: datetime
) -> WebSession:
    """Write down where somebody signed in; what ended meanwhile is forgotten."""
    of_nobody = ~Exists(_kept(OuterRef("session_key"), at))
    WebSession.objects.filter(of_nobody, user=user).delete()
    return WebSession.objects.create(
        user=user,
        session_key=session_key,
        user_agent=user_agent.replace("\x00", "")[:AGENT_LENGTH],
        address=address or None,
        began_at=at,
    )


def web_sessions_of(user: User, *, at: datetime) -> QuerySet[WebSession]:
    """Return the browsers in which a person is signed in, the newest first."""
    living = Exists(_kept(OuterRef("session_key"), at))
    return WebSession.objects.filter(living, user=user).order_by("-began_at", "-pk")


@use_case
def end(*, user: User, public_id: uuid.UUID) -> None:
    """End a session: its browser has to sign in again.

    Raises:
        UnknownSession: it is not the person's, or ended before.

    """
    found = WebSession.objects.filter(user=user, public_id=public_id).first()
    if found is None:
        raise UnknownSession
    _end(WebSession.objects.filter(pk=found.pk))


@use_case
def end_others(*, user: User, session_key: str) -> int:
    """End all sessions of browsers but one; return how many ended."""
    return _end(WebSession.objects.filter(user=user).exclude(session_key=session_key))


@use_case
def keep(*, user: User, old_key: str, new_key: str) -> None:
    """Follow a session whose key was changed, as it is with a new password."""
    WebSession.objects.filter(user=user, session_key=old_key).update(session_key=new_key)


def _kept(session_key: OuterRef, at: datetime) -> QuerySet[DjangoSession]:
    return DjangoSession.objects.filter(session_key=session_key, expire_date__gt=at)


def _end(found: QuerySet[WebSession]) -> int:
    keys = list(found.values_list("session_key", flat=True))
    DjangoSession.objects.filter(session_key__in=keys).delete()
    found.filter(session_key__in=keys).delete()
    return len(keys)
