"""The second wall around a merchant: PostgreSQL itself shows nothing of anyone else's.

Note [The second wall]
While a page of the merchants' site is made, the database role is ``jigap_merchant``, which may
read a few tables and write none, and of those sees only the rows of the merchant that
``jigap.merchant_id`` names (row-level security, ``merchants/sql/0014_admin``). A filter that was
forgotten in Python therefore shows nothing instead of everything. Both settings last for one
database transaction, so that nothing of them is left on a pooled connection; the rest of the
application and its jobs run under their own role, to which the policies do not apply.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_ENTER = "SELECT set_config('jigap.merchant_id', %s, TRUE), set_config('role', %s, TRUE)"
ROLE = "jigap_merchant"


@contextmanager
def walled(merchant_id: int) -> Iterator[None]:
    """Let the database show nothing but what belongs to one merchant."""
    with transaction.atomic():
        _set(str(merchant_id), ROLE)
        yield
        # What is left is for tests, whose one database transaction goes on.
        _set("", "none")


@contextmanager
def opened(merchant_id: int) -> Iterator[None]:
    """Step out of the wall for a question about rows that were found within it."""
    _set("", "none")
    try:
        yield
    finally:
        _set(str(merchant_id), ROLE)


def _set(merchant_id: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [merchant_id, role])
