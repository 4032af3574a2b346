"""Sending to browsers."""

from __future__ import annotations

import http.client
import json
from datetime import datetime

from django.conf import settings

from wallet.errors import UnsafeEndpoint
from wallet.notices.sealing import seal, signing_key, vapid
from wallet.notices.senders import Attempt, Outcome, Outgoing
from wallet.outgoing.addresses import Rules, Target, look_at
from wallet.outgoing.posting import Bounds, post

_BOUNDS = Bounds(seconds=5)
_KEPT_SECONDS = 24 * 3600  # how long a push service keeps a message for a browser that is away
_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429})


def push_rules() -> Rules:
    """Return where push services may be."""
    return Rules(inside=settings.PUSH_ALLOWS_LOOPBACK)


class WebPush:
    """Web push, sealed for the browser and signed with the key of this installation."""

    def send(self, outgoing: Outgoing, *, at: datetime) -> Attempt:
        """Hand the message to the browser's push service."""
        subscription = outgoing.subscription
        if subscription is None or not settings.VAPID_SECRET:
            return Attempt(Outcome.REFUSED, "web push is off")
        try:
            target = look_at(subscription.endpoint, rules=push_rules())
        except UnsafeEndpoint as exc:
            # Its name may only be unknown just now.
            return Attempt(Outcome.LATER, exc.code)
        body = seal(
            _message(outgoing),
            public_key=bytes(subscription.public_key),
            auth_secret=bytes(subscription.auth_secret),
        )
        try:
            headers = _headers(outgoing, target, at)
            return _judge(post(target, body, headers, bounds=_BOUNDS).status)
        except (OSError, http.client.HTTPException) as exc:
            return Attempt(Outcome.LATER, type(exc).__name__)


def _message(outgoing: Outgoing) -> bytes:
    shown = {
        "id": str(outgoing.id),
        "notice": str(outgoing.notice_id),
        "kind": outgoing.kind,
        "title": outgoing.text.title,
        "body": outgoing.text.body[:500],
    }
    return json.dumps(shown, ensure_ascii=False).encode()


def _headers(outgoing: Outgoing, target: Target, at: datetime) -> dict[str, str]:
    key = signing_key(settings.VAPID_SECRET)
    subject = settings.VAPID_SUBJECT
    return {
        "Authorization": vapid(key=key, audience=target.origin, subject=subject, at=at),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_KEPT_SECONDS),
        # A second copy takes the first one's place where that was not fetched yet.
        "Topic": outgoing.id.hex,
        "Urgency": "high",
    }


def _judge(status: int) -> Attempt:
    if 200 <= status < 300:  # noqa: PLR2004 - the range of success is HTTP's.
        return Attempt(Outcome.SENT)
    if status in _GONE:
        return Attempt(Outcome.GONE, str(status))
    if status in _LATER or status >= 500:  # noqa: PLR2004
        return Attempt(Outcome.LATER, str(status))
    # A redirect is not followed: it would lead where nobody looked.
    return Attempt(Outcome.REFUSED, str(status))
