"""What a person was told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from wallet.idempotency import use_case
from wallet.models import Notice, User

MOST_COUNTED = 100  # nobody reads the number beyond it


def page(*, person: User, limit: int, before: int | None) -> tuple[list[Notice], int | None]:
    """Return a page of a person's notices, newest first, and the id to read on from."""
    notices = Notice.objects.filter(person=person).select_related("event__wallet")
    if before is not None:
        notices = notices.filter(pk__lt=before)
    found = list(notices.order_by("-pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def unread(*, person: User) -> int:
    """Return how many notices were not read, counting no further than MOST_COUNTED."""
    waiting = Notice.objects.filter(person=person, read_at__isnull=True)
    return waiting[:MOST_COUNTED].count()


@use_case
def read(*, person: User, public_ids: Sequence[uuid.UUID], at: datetime) -> int:
    """Mark notices as read; those of others, and those read before, are passed over."""
    notices = Notice.objects.filter(person=person, read_at__isnull=True)
    notices.filter(public_id__in=public_ids).update(read_at=at)
    return unread(person=person)


@use_case
def read_all(*, person: User, through: uuid.UUID, at: datetime) -> int:
    """Mark everything as read up to a notice of the person's; nothing where it is not theirs."""
    own = Notice.objects.filter(person=person)
    last = own.filter(public_id=through).values_list("pk", flat=True).first()
    if last is not None:
        own.filter(pk__lte=last, read_at__isnull=True).update(read_at=at)
    return unread(person=person)
