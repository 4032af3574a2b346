"""How a view does something once: the key from the header, the stored answer on a repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.settings import api_settings

from wallet.api.shapes import written
from wallet.errors import (
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    NonceReplayed,
    PinRequired,
    RequestInProgress,
    StepUpRequired,
)
from wallet.idempotency import Once, Reply, Request
from wallet.proof.proofs import key_of

Result = TypeVar("Result")

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
# About the key itself, or about a proof that the next attempt may bring: never stored under it.
_NOT_STORED = (
    *(IdempotencyKeyReused, RequestInProgress),
    *(NonceReplayed, PinRequired, StepUpRequired),
)
_SERVER_ERROR = 500


def once(
    http: HttpRequest,
    operation: str,
    document: Callable[[Result], serializers.Serializer[Any] | dict[str, Any]],
    *,
    principal: str | None = None,
    status: int = 201,
) -> Once[Result]:
    """Return how to answer this request once, with the document of what comes out.

    Raises:
        IdempotencyKeyMissing: there is no well-formed Idempotency-Key header.

    """
    key = key_of(http)
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMissing
    request = Request.of(
        principal=principal or f"user:{http.user.pk}",
        operation=operation,
        key=key,
        content=[http.method, http.path, http.data],
    )
    return Once(
        request,
        render=lambda result: Reply(status, _plain(_content(document, result))),
        decline=lambda exc: _declined(exc, http),
    )


def answer(reply: Reply) -> Response:
    """Return the HTTP answer of a reply, once its database transaction has ended."""
    refused = isinstance(reply.body, dict) and "code" in reply.body and "title" in reply.body
    response = Response(
        reply.body,
        status=reply.status,
        content_type="application/problem+json" if refused else None,
    )
    if reply.is_replay:
        response["Idempotency-Replayed"] = "true"
    return response


def _declined(exc: Exception, http: HttpRequest) -> Reply | None:
    if isinstance(exc, _NOT_STORED) or not hasattr(exc, "code"):
        return None
    # A hook of DRF's settings, because the table of statuses is wired above this app.
    handler: Any = api_settings.EXCEPTION_HANDLER
    response = handler(exc, {"request": http})
    if response is None or response.status_code >= _SERVER_ERROR:
        return None
    return Reply(response.status_code, _plain(response.data))


def _content(
    document: Callable[[Result], serializers.Serializer[Any] | dict[str, Any]], result: Result
) -> Any:
    kind: Any = document
    if isinstance(kind, type) and issubclass(kind, serializers.Serializer):
        return written(kind, result)
    made = document(result)
    return made if isinstance(made, dict) else made.data


def _plain(data: Any) -> Any:
    """Return serializer output as plain JSON values, as they are stored."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return data
