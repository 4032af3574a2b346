"""PostgreSQL's refusals, known by the name of the constraint, as the errors that explain them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from psycopg import errors as pg

from merchants.errors import MerchantError


@contextmanager
def refused_as(error: type[MerchantError], constraint: str) -> Iterator[None]:
    """Raise ``error`` where PostgreSQL refuses by this constraint, and undo only what is inside.

    Any other refusal passes as it is: nobody foresaw it.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as exc:
        cause = exc.__cause__
        if isinstance(cause, pg.IntegrityError) and cause.diag.constraint_name == constraint:
            raise error from exc
        raise
