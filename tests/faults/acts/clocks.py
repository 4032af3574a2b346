"""A web server whose clock is wrong: it says so, and is not given requests."""

from __future__ import annotations

import random
import time

import requests

from tests.faults.stack import START_SECONDS, Stack

SKEW_SECONDS = (-90_000, -3_600, -60, 60, 3_600, 90_000)


def skew_web(stack: Stack, dice: random.Random) -> None:
    """Let the web server's clock be wrong, and put it right.

    The proxy plays the balancer, which gives no request to a server that is not ready: what came
    to one all the same would be dated, and settled, on another day.

    Raises:
        RuntimeError: it called itself ready.

    """
    skew, proxy = dice.choice(SKEW_SECONDS), stack.proxies["web"]
    proxy.order("target 127.0.0.1:1")
    stack.stop("web")
    stack.start("web", DJANGO_SETTINGS_MODULE="tests.faults.skewed", FAULTS_SKEW_SECONDS=str(skew))
    answer = _first_answer(f"http://127.0.0.1:{stack.ports['app']}/readyz")
    stack.stop("web")
    stack.start("web")
    proxy.order(f"target 127.0.0.1:{stack.ports['app']}")
    stack.wait()
    if answer["checks"]["clock"] != "ClockDiffersError":
        raise RuntimeError(f"it was ready with a clock off by {skew} s: {answer}")


def _first_answer(address: str) -> dict[str, dict[str, str]]:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            found: dict[str, dict[str, str]] = requests.get(address, timeout=10).json()
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return found
