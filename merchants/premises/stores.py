"""Adding stores, and changing what is known of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from merchants.access.audits import note
from merchants.models import Merchant, Store
from merchants.stores import public_id
from wallet.idempotency import use_case


@use_case
def add_store(*, merchant: Merchant, facts: Mapping[str, Any], actor: str, at: datetime) -> Store:
    """Add a store; ``facts`` are values of ``Store``'s fields, already checked."""
    store = Store.objects.create(public_id=public_id("S"), merchant=merchant, **facts)
    note(
        merchant=merchant,
        action="store.added",
        actor=actor,
        facts={"store": store.public_id, "name": store.name},
        at=at,
    )
    return store


@use_case
def change_store(*, store: Store, facts: Mapping[str, Any], actor: str, at: datetime) -> Store:
    """Change some fields of a store; what was there before stands in the audit."""
    rows = Store.objects.select_related("merchant")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=store.pk)
    before = {name: getattr(found, name) for name in facts}
    changed = sorted(name for name, value in facts.items() if before[name] != value)
    if not changed:
        return found
    for name in changed:
        setattr(found, name, facts[name])
    found.save(update_fields=changed)
    note(
        merchant=found.merchant,
        action="store.changed",
        actor=actor,
        facts={"store": found.public_id, "before": {name: before[name] for name in changed}},
        at=at,
    )
    return found
