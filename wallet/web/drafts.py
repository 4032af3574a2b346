"""What somebody is about to do, between the form that says what and the page that confirms it.

Note [Drafts]
A draft is kept in the session and never edited: another amount is another draft. Its id is the
idempotency key of what it does, so that a double tap, a reload and the back button find what was
done before and do it no second time. That the PIN was shown, and the token of a second proof, are
kept with it, and count for this draft alone and for a few minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from wallet.errors import UnknownDraft

MOST_KEPT = 12
PROOF_LASTS = timedelta(minutes=5)
_KEY = "drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing somebody is about to do; ``facts`` are text, ``key`` its idempotency key."""

    deed: str
    facts: dict[str, str]
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    pin_until: str = ""
    step_up: str = ""
    step_up_by: str = ""
    token: str = ""
    done: str = ""

    def has_pin(self, at: datetime) -> bool:
        """Tell whether the PIN was shown for this draft, just now."""
        return bool(self.pin_until) and at < datetime.fromisoformat(self.pin_until)

    def with_pin(self, at: datetime) -> Draft:
        """Return the draft with the PIN shown."""
        return replace(self, pin_until=(at + PROOF_LASTS).isoformat())


class Drafts:
    """The drafts of one session, the newest last."""

    def __init__(self, session: MutableMapping[str, Any]) -> None:
        self.session = session

    def begin(self, deed: str, **facts: str) -> Draft:
        """Write down what somebody is about to do."""
        draft = Draft(deed, facts)
        self.keep(draft)
        return draft

    def keep(self, draft: Draft) -> None:
        """Write a draft down, and forget the oldest ones."""
        kept = {**self.session.get(_KEY, {}), draft.key: asdict(draft)}
        self.session[_KEY] = dict(list(kept.items())[-MOST_KEPT:])

    def get(self, key: object) -> Draft:
        """Return a draft of this session.

        Raises:
            UnknownDraft: there is none; it may have been long ago.

        """
        found = self.session.get(_KEY, {}).get(str(key))
        if found is None:
            raise UnknownDraft
        return Draft(**found)
