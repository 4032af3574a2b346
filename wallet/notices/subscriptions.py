"""Browsers that take web push for a person."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings

from wallet.errors import PushIsOff, TooManySubscriptions
from wallet.idempotency import use_case
from wallet.models import PushSubscription, User
from wallet.notices.sealing import check_keys, point_of, signing_key, to_base64url

MOST_BROWSERS = 10


def server_key() -> str:
    """Return the public key that a browser subscribes with.

    Raises:
        PushIsOff: this installation has no key.

    """
    if not settings.VAPID_SECRET:
        raise PushIsOff
    return to_base64url(point_of(signing_key(settings.VAPID_SECRET)))


@use_case
def subscribe(
    *, person: User, endpoint: str, public_key: bytes, auth_secret: bytes, at: datetime
) -> PushSubscription:
    """Send to this browser from now on; the endpoint's safety was looked at before.

    Raises:
        PushIsOff: this installation has no key.
        InvalidPushKeys: the keys are not a browser's.
        TooManySubscriptions: there are as many as are kept.

    """
    if not settings.VAPID_SECRET:
        raise PushIsOff
    check_keys(public_key=public_key, auth_secret=auth_secret)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    # What waits for whoever was signed in before in this browser goes with their subscription.
    PushSubscription.objects.filter(endpoint=endpoint).delete()
    if PushSubscription.objects.filter(person=person).count() >= MOST_BROWSERS:
        raise TooManySubscriptions
    return PushSubscription.objects.create(
        person=person,
        endpoint=endpoint,
        public_key=public_key,
        auth_secret=auth_secret,
        made_at=at,
    )


@use_case
def unsubscribe(*, person: User, public_id: uuid.UUID) -> bool:
    """Send to this browser no longer; tell whether it was the person's."""
    found = PushSubscription.objects.filter(person=person, public_id=public_id)
    return bool(found.delete()[0])
