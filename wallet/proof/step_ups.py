"""A second proof, for one request of one person.

Note [Step-up]
The app names the request it is about to make (method, address, body) and the way it will prove
itself; what comes back after the right code is a token for that request and no other. The token
is used up by the request's idempotency key: the same request may be repeated with it, since the
answer may have been lost, but nothing else can be done with it, nor the same thing again under
another key. A guess is counted before it is looked at; there are five to a step-up.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from wallet.errors import (
    FactorNotSet,
    StepUpEnded,
    StepUpRefused,
    TooManyCodes,
    UnknownStepUp,
    WrongCode,
)
from wallet.idempotency import use_case
from wallet.models import OneTimeCode, StepUp, User
from wallet.proof import factors, one_time_codes

LIFETIME = timedelta(minutes=5)
KEPT = timedelta(days=2)
MAX_ATTEMPTS = 5
MOST_AN_HOUR = 20
_PURPOSE = OneTimeCode.Purpose.STEP_UP


@dataclass(frozen=True, slots=True)
class Use:
    """A request that brings a token: its fingerprint, and its idempotency key, which may be ''."""

    token: str
    fingerprint: bytes
    key: str


def begin(*, user: User, fingerprint: bytes, by: str, at: datetime) -> StepUp:
    """Begin a step-up; for SMS, a code is on its way to the person's telephone.

    Raises:
        FactorNotSet: the person has no such factor.
        TooManyCodes: too many step-ups or text messages lately.
        CodeNotSent: the operator did not take the text message.

    """
    made = _begin(user=user, fingerprint=fingerprint, by=by, at=at)
    if by == StepUp.By.SMS:
        one_time_codes.send(phone=user.phone, purpose=_PURPOSE, subject=str(made.public_id), at=at)
    return made


@use_case
def _begin(*, user: User, fingerprint: bytes, by: str, at: datetime) -> StepUp:
    if by not in factors.factors_of(user).methods:
        raise FactorNotSet
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    recent = StepUp.objects.filter(user=user, begun_at__gt=at - timedelta(hours=1))
    if recent.count() >= MOST_AN_HOUR:
        raise TooManyCodes
    return StepUp.objects.create(
        user=user, by=by, fingerprint=fingerprint, begun_at=at, expires_at=at + LIFETIME
    )


def prove(*, user: User, public_id: uuid.UUID, code: str, at: datetime) -> str:
    """Prove a step-up by its code, and return the token of the request it is for.

    Raises:
        UnknownStepUp: it is not the person's.
        StepUpEnded: it is too old, proved, or was guessed at too often.
        WrongCode: the code is wrong or used.

    """
    found = StepUp.objects.filter(user=user, public_id=public_id).first()
    if found is None:
        raise UnknownStepUp
    _take_attempt(found, at)
    if found.by == StepUp.By.SMS:
        one_time_codes.check(
            phone=user.phone, purpose=_PURPOSE, subject=str(public_id), code=code, at=at
        )
    elif found.by == StepUp.By.TOTP:
        factors.use_totp(user=user, code=code)
    else:
        factors.use_backup_code(user=user, code=code, at=at)
    token = secrets.token_urlsafe(32)
    if not StepUp.objects.filter(pk=found.pk, token_hashed=None).update(token_hashed=_hash(token)):
        raise WrongCode
    return token


def consume(*, user: User, use: Use, at: datetime) -> None:
    """Use a token up for the request that brings it; see Note [Step-up].

    Raises:
        StepUpRefused: it is not the person's, not for this request, used, or too old.

    """
    rows = StepUp.objects.filter(
        user=user,
        token_hashed=_hash(use.token),
        fingerprint=use.fingerprint,
        expires_at__gt=at,
    )
    unused = Q(used_at=None)
    if use.key:
        unused |= Q(used_by=use.key)
    # One statement, committed by itself: of many at once, one finds it unused.
    if not rows.filter(unused).update(used_at=Coalesce(F("used_at"), at), used_by=use.key):
        raise StepUpRefused


def prune(*, at: datetime) -> int:
    """Remove step-ups nobody can use any more."""
    removed, _ = StepUp.objects.filter(begun_at__lt=at - KEPT).delete()
    return removed


def _take_attempt(found: StepUp, at: datetime) -> None:
    """Count a guess before it is looked at, so that nothing that follows can undo it."""
    rows = StepUp.objects.filter(
        pk=found.pk, attempts__lt=MAX_ATTEMPTS, token_hashed=None, expires_at__gt=at
    )
    if not rows.update(attempts=F("attempts") + 1):
        raise StepUpEnded


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
