"""Money from a wallet to its holder's bank account.

Asking is one database transaction; telling the bank comes after its commit, under our own id, so
that telling again is harmless; what the bank says later is another database transaction.
"""

from wallet.withdrawals.asking import ask
from wallet.withdrawals.deciding import EDGES, confirm, note_sent, take_back
from wallet.withdrawals.sending import POLL_AFTER, poll, send

__all__ = ["EDGES", "POLL_AFTER", "ask", "confirm", "note_sent", "poll", "send", "take_back"]
