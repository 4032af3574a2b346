"""Use-cases that own their database transaction, and answer a repeated request as the first time.

A keyed request writes its record in the database transaction of its effect, so that neither exists
without the other. A refusal has no effect; its record is written afterwards, in a database
transaction of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg import errors as pg

from wallet.errors import IdempotencyKeyReused, RequestInProgress
from wallet.models import IdempotencyRecord

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

MOST_ATTEMPTS = 5
LONGEST_PAUSE_SECONDS = 0.05
_IN_THE_WAY = (pg.DeadlockDetected, pg.SerializationFailure)
_CLAIM = """
    INSERT INTO wallet_idempotencyrecord (principal, operation, key, fingerprint)
    VALUES (%s, %s, %s, %s) ON CONFLICT ON CONSTRAINT wallet_idempotency_record_once DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status, JSON body, and whether it was stored for an earlier request."""

    status: int
    body: Any
    is_replay: bool = False


def fingerprint(content: Any) -> bytes:
    """Return what a request is recognised by: a digest of its parsed content, 32 bytes."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    # Keyed, because the content may hold a password that could be guessed from a bare digest.
    return hmac.digest(settings.SECRET_KEY.encode(), canonical.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Request:
    """A keyed request: who asks, for what, under which key, with which content."""

    principal: str
    operation: str
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, *, principal: str, operation: str, key: str, content: Any) -> Request:
        """Return the request; ``content`` is the parsed body with the address it was sent to."""
        return cls(principal, operation, key, fingerprint(content))


@dataclass(frozen=True, slots=True)
class Once(Generic[Result]):
    """How to answer: ``render`` a result, ``decline`` an error (None: raise, store nothing)."""

    request: Request
    render: Callable[[Result], Reply]
    decline: Callable[[Exception], Reply | None]


class UseCase(Generic[Arguments, Result]):
    """A function that owns its database transaction: all of its effect is committed, or none."""

    def __init__(self, function: Callable[Arguments, Result]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        def act() -> Result:
            with transaction.atomic(durable=True):
                return self.function(*args, **kwargs)

        try:
            return _retried(act)
        except Exception as exc:
            _leave_behind(exc)
            raise

    def once(
        self, once: Once[Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Reply:
        """Do it unless it was done before under the same key; answer the same either way.

        Raises:
            IdempotencyKeyReused: the key was used for another request.
            RequestInProgress: the first request with this key is still running.

        """

        def act() -> Reply | None:
            with transaction.atomic(durable=True):
                record_id = _claim(once.request)
                if record_id is None:
                    return None
                reply = once.render(self.function(*args, **kwargs))
                _store(record_id, reply)
                return reply

        try:
            reply = _retried(act)
            if reply is not None:
                return reply
        except Exception as exc:
            _leave_behind(exc)
            declined = once.decline(exc)
            if declined is None:
                raise
            return _store_decline(once.request, declined)
        return _replay(once.request)


def _leave_behind(refusal: Exception) -> None:
    """Do what a refusal leaves behind, now that its database transaction is undone.

    Such as writing down that somebody tried; ``refusal.leaves_behind`` says how, if anything.
    """
    left = getattr(refusal, "leaves_behind", None)
    if left is not None:
        left()


def stored(request: Request) -> Reply | None:
    """Return the answer that is stored for a request; None where it was never answered.

    Raises:
        IdempotencyKeyReused: the key was used for another request.
        RequestInProgress: the first request with this key is still running.

    """
    rows = IdempotencyRecord.objects.filter(
        principal=request.principal, operation=request.operation, key=request.key
    )
    return _replay(request) if rows.exists() else None


def _retried(act: Callable[[], Result]) -> Result:
    """Do a whole database transaction again that another one got in the way of.

    Only what PostgreSQL rolled back for that reason: neither a refusal nor an unknown outcome.
    """
    for attempt in range(1, MOST_ATTEMPTS):
        try:
            return act()
        except OperationalError as exc:
            if not isinstance(exc.__cause__, _IN_THE_WAY) or connection.in_atomic_block:
                raise
            # At a random moment, so that the same two do not meet again.
            time.sleep(random.uniform(0, attempt * LONGEST_PAUSE_SECONDS))  # noqa: S311
    return act()


def use_case(function: Callable[Arguments, Result]) -> UseCase[Arguments, Result]:
    """Make a function a use-case."""
    return UseCase(function)


def _claim(request: Request) -> int | None:
    with connection.cursor() as cursor:
        # Another request with the key that is still running is waited for here, on the unique
        # index, for as long as the connection's lock_timeout lets it.
        try:
            cursor.execute(
                _CLAIM, [request.principal, request.operation, request.key, request.fingerprint]
            )
        except OperationalError as exc:
            if isinstance(exc.__cause__, pg.LockNotAvailable):
                raise RequestInProgress from exc
            raise
        row = cursor.fetchone()
    return row[0] if row else None


def _store(record_id: int, reply: Reply) -> None:
    IdempotencyRecord.objects.filter(pk=record_id).update(status=reply.status, body=reply.body)


def _store_decline(request: Request, declined: Reply) -> Reply:
    with transaction.atomic(durable=True):
        record_id = _claim(request)
        if record_id is not None:
            _store(record_id, declined)
            return declined
    return _replay(request)


def _replay(request: Request) -> Reply:
    stored = IdempotencyRecord.objects.get(
        principal=request.principal, operation=request.operation, key=request.key
    )
    if bytes(stored.fingerprint) != request.fingerprint:
        raise IdempotencyKeyReused
    if stored.status is None:
        raise RequestInProgress
    return Reply(stored.status, stored.body, is_replay=True)
