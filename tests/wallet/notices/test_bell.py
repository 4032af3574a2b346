"""Waking the relay up: at once, and once for all that happens soon after."""

from __future__ import annotations

from wallet.events import Bell


def test_who_rings_soon_after_another_is_told_of_by_one_more_message() -> None:
    sent: list[str] = []
    bell = Bell(lambda: sent.append("now"), quiet_seconds=3600)
    for _ in range(50):
        bell.ring()
    assert sent == ["now"]
    waiting = bell.waiting
    assert waiting is not None
    waiting.cancel()
    bell.ring_late()
    assert sent == ["now", "now"]
    bell.ring()
    assert sent == ["now", "now"]
    assert bell.waiting is not None
    assert bell.waiting is not waiting
    bell.waiting.cancel()


def test_a_bell_that_was_quiet_for_long_enough_rings_at_once() -> None:
    sent: list[str] = []
    bell = Bell(lambda: sent.append("now"), quiet_seconds=0)
    for _ in range(3):
        bell.ring()
    assert sent == ["now"] * 3
    assert bell.waiting is None


def test_a_forked_process_waits_for_nobody() -> None:
    sent: list[str] = []
    bell = Bell(lambda: sent.append("now"), quiet_seconds=3600)
    bell.ring()
    bell.ring()
    assert bell.waiting is not None
    bell.waiting.cancel()
    bell.silence()
    bell.ring()
    assert sent == ["now", "now"]
