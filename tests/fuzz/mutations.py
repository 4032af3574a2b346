"""Mutations that follow from a seed: the same on every machine, without any fuzzer."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.fuzz.targets import Target

MOST_STEPS = 4


def mutated(target: Target, *, seed: int, count: int) -> Iterator[bytes]:
    """Yield the target's valid inputs, then so many that were changed in a few places."""
    yield from target.seeds
    dice = random.Random(seed)
    for _ in range(count):
        data = bytearray(dice.choice(target.seeds))
        for _ in range(dice.randint(1, MOST_STEPS)):
            _change(data, target, dice)
        yield bytes(data)


def _change(data: bytearray, target: Target, dice: random.Random) -> None:
    start = dice.randint(0, len(data))
    end = min(len(data), start + dice.randint(0, 12))
    kind = dice.randrange(6)
    if kind == 0 and data:
        data[start % len(data)] ^= 1 << dice.randrange(8)
    elif kind == 1:
        del data[start:end]
    elif kind == 2:
        data[start:start] = data[start:end]
    elif kind == 3:
        data[start:end] = dice.choice(target.pieces)
    elif kind == 4:
        other = dice.choice(target.seeds)
        data[start:] = other[dice.randint(0, len(other)) :]
    else:
        data[start:end] = dice.randbytes(end - start)
