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
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

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
_CLAIM = "SELECT wallet_claim(%s, %s, %s, %s)"
_WRITE_ANSWER = "SELECT wallet_write_answer(%s, %s, %s)"


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


class Claimed(Exception):  # noqa: N818 - no error: the stored answer is the answer.
    """The key was claimed by an earlier request."""


class Ticket(Generic[Result]):
    """A request's key on its way through a use-case whose own statements carry it.

    The first of them claims it: ``claim`` has what ``wallet_claim`` asks for, and ``claimed``
    takes what it returned. The last one writes the answer with the effect: ``answer`` has what
    ``wallet_write_answer`` asks for. Without a key there is nothing to claim and to write.
    """

    def __init__(self, once: Once[Result] | None) -> None:
        self._once = once
        self._record_id: int | None = None
        self._reply: Reply | None = None

    @property
    def has_key(self) -> bool:
        """Whether there is anything to claim and to write."""
        return self._once is not None

    @property
    def claim(self) -> tuple[str | None, str | None, str | None, bytes | None]:
        """Principal, operation, key and fingerprint; all None without a key."""
        if self._once is None:
            return None, None, None, None
        asked = self._once.request
        return asked.principal, asked.operation, asked.key, asked.fingerprint

    def claimed(self, record_id: int | None) -> None:
        """Take the id of the record.

        Raises:
            Claimed: the key was claimed by an earlier request, which is why there is none.

        """
        if self._once is not None and record_id is None:
            raise Claimed
        self._record_id = record_id

    def answer(self, result: Result) -> tuple[int | None, int | None, str | None]:
        """Render the answer; return the record's id, the status and the body, or None for each."""
        if self._once is None:
            return None, None, None
        self._reply = self._once.render(result)
        return self._record_id, self._reply.status, json.dumps(self._reply.body)

    @property
    def reply(self) -> Reply:
        """What was answered.

        Raises:
            RuntimeError: the use-case forgot to.

        """
        if self._reply is None:
            raise RuntimeError("a use-case did not answer its ticket")
        return self._reply


class UseCase(Generic[Arguments, Result]):
    """A function that owns its database transaction: all of its effect is committed, or none."""

    def __init__(self, act: Callable[Concatenate[Ticket[Result], Arguments], Result]) -> None:
        self.act = act
        self.__doc__ = act.__doc__

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        def act() -> Result:
            with transaction.atomic(durable=True):
                return self.act(Ticket(None), *args, **kwargs)

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
        try:
            return self._try(once, *args, **kwargs)
        except Claimed:
            return _replay(once.request)
        except OperationalError as exc:
            if _is_in_progress(exc):
                raise RequestInProgress from exc
            raise

    def _try(
        self, once: Once[Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Reply:
        def act() -> Reply:
            ticket = Ticket(once)
            with transaction.atomic(durable=True):
                self.act(ticket, *args, **kwargs)
            return ticket.reply

        try:
            return _retried(act)
        except Exception as exc:
            _leave_behind(exc)
            declined = once.decline(exc)
            if declined is None:
                raise
        return _store_decline(once, declined)


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
    """Make a function a use-case, with a statement before it for the key and one after it."""

    def act(
        ticket: Ticket[Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        if ticket.has_key:
            ticket.claimed(_claim(*ticket.claim))
        result = function(*args, **kwargs)
        return write_answer(ticket, result)

    act.__doc__ = function.__doc__
    return UseCase(act)


def ticketed_use_case(
    act: Callable[Concatenate[Ticket[Result], Arguments], Result],
) -> UseCase[Arguments, Result]:
    """Make a function a use-case whose own statements carry the ticket, its first argument."""
    return UseCase(act)


def _is_in_progress(exc: OperationalError) -> bool:
    """Tell whether a statement gave up waiting for an earlier request with the same key."""
    cause = exc.__cause__
    # The same error says that a wallet stayed locked; where it arose tells one from the other.
    return isinstance(cause, pg.LockNotAvailable) and "wallet_claim(" in (cause.diag.context or "")


def _claim(*claim: str | bytes | None) -> int | None:
    with connection.cursor() as cursor:
        # Another request with the key that is still running is waited for here, on the unique
        # index, for as long as the connection's lock_timeout lets it.
        cursor.execute(_CLAIM, claim)
        (record_id,) = cursor.fetchone()
    return None if record_id is None else int(record_id)


def write_answer(ticket: Ticket[Result], result: Result) -> Result:
    """Keep the answer of a claimed key by a statement of its own; return the result."""
    if ticket.has_key:
        _write_answer(*ticket.answer(result))
    return result


def _write_answer(record_id: int | None, status: int | None, body: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_ANSWER, [record_id, status, body])


def _store_decline(once: Once[Any], declined: Reply) -> Reply:
    ticket = Ticket(replace(once, render=lambda _: declined))
    with transaction.atomic(durable=True):
        ticket.claimed(_claim(*ticket.claim))
        _write_answer(*ticket.answer(None))
    return declined


def _replay(request: Request) -> Reply:
    stored = IdempotencyRecord.objects.get(
        principal=request.principal, operation=request.operation, key=request.key
    )
    if bytes(stored.fingerprint) != request.fingerprint:
        raise IdempotencyKeyReused
    if stored.status is None:
        raise RequestInProgress
    return Reply(stored.status, stored.body, is_replay=True)
