"""What goes wrong, chosen by the last two digits of the amount in minor units.

=====  ==================================  ==============================================
digits a top-up                            a withdrawal
=====  ==================================  ==============================================
 ..89                                      confirmed and returned, told in the wrong order
 ..90                                      is returned: the account is closed
 ..91  fails                               is returned: the bank failed
 ..92  the callback comes twice            the callback comes twice
 ..93  the callback never comes            the callback never comes
 ..94  the callback comes after seconds    the callback comes after seconds
 ..95  the callback comes before the       the callback comes before the answer
       answer
 ..96  settles, and says that it failed    is confirmed, and returned afterwards
 ..97  is taken without an answer, the     is taken without an answer, the callback
       callback never comes                never comes
 ..98  waits for ``/decide``               waits for ``/decide``
 ..99  the first request is lost           the first request is lost
=====  ==================================  ==============================================

A payment of a payout file is rejected with ..90 (account closed) and ..91 (the bank failed),
stands twice on the statement with ..92, waits for ``/payments/<id>/decide`` with ..93, ..94 and
..98, and comes back after it was paid with ..96. With one of ..97 a file is taken without an
answer, with one of ..99 it is lost the first time.
"""

from __future__ import annotations

MISORDERED, CLOSED = "89", "90"
FAILS, TWICE, LOST, SLOW, EARLY, CONTRADICTS, SILENT, WAITS, DROPPED = (
    "91",
    "92",
    "93",
    "94",
    "95",
    "96",
    "97",
    "98",
    "99",
)
NOT_TOLD = {LOST, SILENT}
SLOW_SECONDS = 3.0

# Account numbers that end so are unknown, or somebody else's.
UNKNOWN_ENDING, OTHER_ENDING = "000", "999"
OTHER_NAME = "다른사람"


def fate_of(amount: str) -> str:
    """Return the digits that choose what goes wrong."""
    return amount.replace(".", "")[-2:]
