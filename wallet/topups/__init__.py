"""Money from a funding provider into a wallet, and back when the provider takes it back.

Asking is one database transaction, telling the provider comes after its commit, and what the
provider says later is another. A call or a callback that is lost is found out by the poll.
"""

from wallet.topups.arriving import receive
from wallet.topups.asking import ask
from wallet.topups.deciding import EDGES, fail, settle
from wallet.topups.reversing import reverse
from wallet.topups.telling import POLL_AFTER, poll, tell

__all__ = [
    "EDGES",
    "POLL_AFTER",
    "ask",
    "fail",
    "poll",
    "receive",
    "reverse",
    "settle",
    "tell",
]
