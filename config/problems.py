"""Errors as problem documents (RFC 9457): one table from error class to status.

A response carries ``type, title, status, detail, code``, the facts of the error, and for a body
that does not fit its shape ``errors``, a list of ``{"field", "code", "detail"}``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import psycopg
import psycopg_pool
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from ledger import errors as ledger
from ledger.errors import LedgerError
from merchants.errors import CodeRefused, MerchantError
from wallet.errors import WalletError
from wallet.proof.hashing import TooManyHashesError

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
TRY_AGAIN = (
    "The service could not finish just now. Send the same request again, with the same key."
)

DomainError = LedgerError | WalletError | MerchantError

# Where a class is missing, the nearest it inherits from counts. 400: the request is wrong;
# 402: not enough money; 403: not allowed; 404: not there; 409: not in this state.
STATUSES: dict[type[Exception], int] = {
    LedgerError: 409,
    WalletError: 409,
    MerchantError: 409,
    CodeRefused: 400,
    ledger.InvalidAmount: 400,
    ledger.InvalidText: 400,
    ledger.UnknownCurrency: 400,
    ledger.CurrencyMismatch: 400,
    ledger.UnbalancedTransaction: 400,
    ledger.EmptyTransaction: 400,
    ledger.InvalidAccount: 400,
    ledger.UnknownAccount: 404,
    ledger.UnknownTransaction: 404,
    ledger.InsufficientFunds: 402,
}

_LOST = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg_pool.PoolTimeout,
    OperationalError,
    InterfaceError,
    TooManyHashesError,
)


def status_of(error: type[Exception]) -> int:
    """Return the HTTP status of a domain error: its own ``status``, or the table's."""
    own = error.__dict__.get("status")
    if isinstance(own, int):
        return own
    return next(STATUSES[base] for base in error.__mro__ if base in STATUSES)


def problem(status: int, code: str, detail: str, **facts: object) -> dict[str, Any]:
    """Return the members of a problem document."""
    title = code.replace("_", " ").capitalize()
    return {"type": f"urn:jigap:problem:{code}", "title": title, "status": status} | {
        "detail": detail,
        "code": code,
        **facts,
    }


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of an API view; None leaves it to Django, which answers 500."""
    if isinstance(exc, (LedgerError, WalletError, MerchantError)):
        status = status_of(type(exc))
        return _response(problem(status, exc.code, str(exc), **_facts(exc)))
    if is_passing(exc):
        logging.getLogger(__name__).warning("not now: %s", type(exc).__name__)
        body = problem(503, "try_again", TRY_AGAIN)
        return _response(body, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    if isinstance(exc, UnreadablePostError):
        return _response(problem(400, "bad_request", "The body did not arrive."))
    answered = drf_exception_handler(exc, context)
    if answered is None:
        return None
    headers = {
        k: v for k, v in answered.items() if k in {"WWW-Authenticate", "Retry-After", "Allow"}
    }
    return _response(_drf_problem(exc, answered.status_code), headers)


def _facts(exc: Exception) -> dict[str, object]:
    reserved = {"type", "title", "status", "detail", "code"}
    plain = (str, int, bool, list, type(None))
    return {
        k: v
        for k, v in vars(exc).items()
        if k not in reserved and not k.startswith("_") and isinstance(v, plain)
    }


def is_passing(exc: Exception) -> bool:
    """Tell whether the same request may succeed later: connection, lock, time-out, deadlock."""
    return isinstance(exc, _LOST) or (
        isinstance(exc, DatabaseError) and isinstance(exc.__cause__, _LOST)
    )


def _drf_problem(exc: Exception, status: int) -> dict[str, Any]:
    if isinstance(exc, drf.ValidationError):
        detail = "The request does not fit; see errors."
        return problem(status, "invalid_request", detail, errors=list(_fields(exc.detail)))
    if isinstance(exc, Http404):
        return problem(404, "not_found", "There is nothing here, or it is not yours.")
    if isinstance(exc, PermissionDenied):
        return problem(403, "permission_denied", "This is not allowed.")
    if isinstance(exc, drf.APIException):
        code = exc.get_codes()
        return problem(
            status, code if isinstance(code, str) else exc.default_code, str(exc.detail)
        )
    return problem(status, "error", "The request was refused.")


def _fields(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, path)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"field": path, "code": str(code), "detail": str(detail)}


def _response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)
