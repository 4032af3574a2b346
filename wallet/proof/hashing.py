"""Argon2, as often at once as a process has memory for.

A hash takes 100 MB for a tenth of a second. Sixteen requests at once, each with a guess, would
take all the memory and both cores from those who pay.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2
WAIT_SECONDS = 2.0
_turns = threading.BoundedSemaphore(AT_ONCE)


class TooManyHashesError(Exception):
    """Others are being hashed; the same request may be sent again."""


class BoundedArgon2(Argon2PasswordHasher):
    """Takes turns; the hashes are Django's."""

    def encode(self, password: str, salt: str) -> str:
        """Hash.

        Raises:
            TooManyHashesError: there was no turn in time.

        """
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare.

        Raises:
            TooManyHashesError: there was no turn in time.

        """
        with _turn():
            return super().verify(password, encoded)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise TooManyHashesError
    try:
        yield
    finally:
        _turns.release()
