"""Versions of a store's posters: making the next one, and recalling those that hang."""

from __future__ import annotations

from datetime import datetime

from merchants.access.audits import note
from merchants.errors import PosterVersionsSpent, PosterVersionUnknown
from merchants.models import Store
from merchants.models.merchants import MOST_POSTER_VERSIONS
from wallet.idempotency import use_case


@use_case
def renew(*, store: Store, actor: str, at: datetime) -> Store:
    """Make the next version of a store's posters; those that hang stay good until recalled.

    Raises:
        PosterVersionsSpent: there were too many.

    """
    found = Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    _require_another(found)
    found.poster_version += 1
    found.save(update_fields=["poster_version"])
    _note(found, "poster.renewed", found.poster_version, actor, at)
    return found


@use_case
def recall(*, store: Store, version: int, actor: str, at: datetime) -> Store:
    """Make posters up to a version worth nothing; where it is the newest, there is a next one.

    Recalled before, they are already.

    Raises:
        PosterVersionUnknown: no poster of this version was made.
        PosterVersionsSpent: it is the last one there can be.

    """
    found = Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    if not 1 <= version <= found.poster_version:
        raise PosterVersionUnknown
    if version < found.oldest_poster_version:
        return found
    if version == found.poster_version:
        _require_another(found)
    found.oldest_poster_version = version + 1
    found.poster_version = max(found.poster_version, version + 1)
    found.save(update_fields=["poster_version", "oldest_poster_version"])
    _note(found, "poster.recalled", version, actor, at)
    return found


def _require_another(store: Store) -> None:
    if store.poster_version >= MOST_POSTER_VERSIONS:
        raise PosterVersionsSpent


def _note(store: Store, action: str, version: int, actor: str, at: datetime) -> None:
    facts = {"store": store.public_id, "version": version}
    note(merchant=store.merchant, action=action, actor=actor, facts=facts, at=at)
