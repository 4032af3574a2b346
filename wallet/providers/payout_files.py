"""Handing payout files to the bank, and asking what became of them."""

from __future__ import annotations

from datetime import date

from wallet.providers import channel


def submit(*, number: str, file: bytes) -> None:
    """Hand a payout file over; the bank takes one with a number once.

    Raises:
        ProviderUnavailable: no answer; it may or may not have been taken.

    """
    channel.hand_over(f"/payout-files/{number}", file)


def answer_to_file(number: str) -> bytes | None:
    """Return the bank's pain.002 for a file; None: it knows no such file.

    Raises:
        ProviderUnavailable: no answer.

    """
    return channel.fetch(f"/payout-files/{number}")


def answer_to_payment(end_to_end_id: str) -> bytes | None:
    """Return the bank's pain.002 for one payment; None: it was never asked to make it.

    Raises:
        ProviderUnavailable: no answer.

    """
    return channel.fetch(f"/payments/{end_to_end_id}")


def statement(*, account: str, currency: str, day: date) -> bytes | None:
    """Return the bank's camt.053 of an account and day; None: it knows no such account.

    Raises:
        ProviderUnavailable: no answer.

    """
    return channel.fetch(f"/statements/{account}/{currency}/{day.isoformat()}")
