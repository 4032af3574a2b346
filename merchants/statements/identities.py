"""What a line is recognised by, when a file tells of it again."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter

from merchants.statements.contents import Head, Line

_PARTS = "\x1f"


class Identities:
    """Gives each line of a statement its identity.

    With a reference of the bank it is the account, that reference, the amount and our own
    reference: a notification and the statement after it then mean the same line. Without one
    it is the line's content and its statement. What comes a second time under the same facts
    within one statement is another movement, since the balances contain both.
    """

    def __init__(self, head: Head) -> None:
        self._head = head
        self._seen: Counter[bytes] = Counter()

    def of(self, line: Line) -> tuple[uuid.UUID, int]:
        """Return the identity of a line, and which occurrence of its facts it is."""
        facts = _PARTS.join(self._facts(line)).encode()
        digest = hashlib.blake2b(facts, digest_size=16).digest()
        self._seen[digest] += 1
        occurrence = self._seen[digest]
        if occurrence > 1:
            more = digest + str(occurrence).encode()
            digest = hashlib.blake2b(more, digest_size=16).digest()
        return uuid.UUID(bytes=digest), occurrence

    def _facts(self, line: Line) -> tuple[str, ...]:
        head = self._head
        account, amount = f"{head.account} {head.currency}", str(line.amount_minor)
        if line.bank_reference:
            return account, line.bank_reference, amount, line.end_to_end_id
        of_statement = str(head.sequence if head.sequence is not None else "")
        days = f"{line.booked_on} {line.value_on}"
        return account, of_statement, days, amount, line.end_to_end_id, line.batch_id, line.text
