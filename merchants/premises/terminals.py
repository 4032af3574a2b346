"""The tills of a store: added under a label, and revoked for good."""

from __future__ import annotations

from datetime import datetime

from merchants.access.audits import note
from merchants.errors import TerminalLabelTaken
from merchants.models import Store, Terminal
from merchants.refusals import refused_as
from merchants.stores import public_id
from wallet.idempotency import use_case


@use_case
def add_terminal(*, store: Store, label: str, actor: str, at: datetime) -> Terminal:
    """Add a till to a store.

    Raises:
        TerminalLabelTaken: another till of the store has the label.

    """
    with refused_as(TerminalLabelTaken, "merchants_terminal_label_once"):
        terminal = Terminal.objects.create(
            public_id=public_id("T"), store=store, label=label, added_at=at
        )
    _note(terminal, "terminal.added", actor, at)
    return terminal


@use_case
def revoke_terminal(*, terminal: Terminal, actor: str, at: datetime) -> Terminal:
    """Revoke a till, with the API keys that are for it alone; again changes nothing."""
    rows = Terminal.objects.select_related("store__merchant")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=terminal.pk)
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        _note(found, "terminal.revoked", actor, at)
    return found


def _note(terminal: Terminal, action: str, actor: str, at: datetime) -> None:
    facts = {"terminal": terminal.public_id, "store": terminal.store.public_id}
    note(merchant=terminal.store.merchant, action=action, actor=actor, facts=facts, at=at)
