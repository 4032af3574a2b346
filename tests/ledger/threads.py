"""Real threads with connections of their own, which commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

THREADS = 16
START_SECONDS = 30

T = TypeVar("T")


def all_at_once(act: Callable[[int], T], *, threads: int = THREADS) -> list[T]:
    """Run ``act(0)`` … ``act(threads - 1)`` from one starting signal; return the results in order.

    An error in a thread is raised here.
    """
    barrier = Barrier(threads)

    def run(number: int) -> T:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=START_SECONDS)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))
