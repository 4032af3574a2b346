"""What is between client and web server, and between web server and database."""

from __future__ import annotations

import random
import time

from tests.faults.stack import Stack


def cut_commits(stack: Stack, dice: random.Random) -> None:
    """Cut the database's answer to COMMIT: it happened, and the application cannot know."""
    stack.proxies["database"].order(f"cut {dice.uniform(0.2, 1):.2f}")
    time.sleep(1.5)
    stack.proxies["database"].order("calm")


def cut_answers(stack: Stack, dice: random.Random) -> None:
    """Cut the web server's answers on their way to the client."""
    stack.proxies["web"].order(f"cut {dice.uniform(0.2, 1):.2f}")
    time.sleep(1.5)
    stack.proxies["web"].order("calm")


def reset_connections(stack: Stack, dice: random.Random) -> None:
    """Reset every connection to the database, or to the web server, at once."""
    stack.proxies[dice.choice(["database", "web"])].order("reset")


def slow_database(stack: Stack, _dice: random.Random) -> None:
    """Delay what passes between application and database by 50 ms in the mean, each way."""
    stack.proxies["database"].order("delay 0.05")
    time.sleep(2)
    stack.proxies["database"].order("calm")
