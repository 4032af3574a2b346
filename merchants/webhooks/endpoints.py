"""Where merchants are told: registered, verified by a challenge, changed, rotated, removed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from merchants.access.audits import note
from merchants.errors import TooManyWebhooks, WebhookRemoved, WebhookSecretOverlap
from merchants.events.recording import wake
from merchants.models import Merchant, WebhookDelivery, WebhookEndpoint, WebhookSecret
from merchants.webhooks.secrets import seal
from wallet.idempotency import use_case
from wallet.outgoing.addresses import Rules

MOST_ENDPOINTS = 10
_CHALLENGE_BYTES = 32
_State = WebhookEndpoint.State


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a merchant asks for: where, which kinds (none: all), and what it calls it."""

    url: str
    kinds: Sequence[str] = ()
    label: str = ""


def address_rules() -> Rules:
    """Return where webhooks may go."""
    inside = settings.WEBHOOK_ALLOWS_PRIVATE
    return Rules(ports=frozenset(settings.WEBHOOK_PORTS), inside=inside, private=inside)


@use_case
def register(
    *, merchant: Merchant, wanted: Wanted, secret: str, actor: str, at: datetime
) -> WebhookEndpoint:
    """Keep an endpoint, whose address was looked at before, and send it the challenge.

    Raises:
        TooManyWebhooks: the merchant has as many as are kept.

    """
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    kept = WebhookEndpoint.objects.filter(merchant=merchant).exclude(state=_State.REMOVED)
    if kept.count() >= MOST_ENDPOINTS:
        raise TooManyWebhooks
    endpoint = WebhookEndpoint.objects.create(
        merchant=merchant,
        url=wanted.url,
        kinds=list(wanted.kinds),
        label=wanted.label,
        challenge=secrets.token_urlsafe(_CHALLENGE_BYTES),
        made_at=at,
    )
    WebhookSecret.objects.create(endpoint=endpoint, sealed=seal(secret, endpoint), made_at=at)
    merchant.has_webhooks = True
    merchant.save(update_fields=["has_webhooks"])
    endpoint.merchant = merchant
    _challenge(endpoint, at)
    _note(endpoint, "registered", actor, at)
    return endpoint


@use_case
def change(
    *, endpoint: WebhookEndpoint, wanted: Wanted, actor: str, at: datetime
) -> WebhookEndpoint:
    """Change an endpoint; another address has to answer the challenge first.

    Raises:
        WebhookRemoved: it is gone.

    """
    found = _locked(endpoint)
    is_moved = found.url != wanted.url
    found.url, found.kinds, found.label = wanted.url, list(wanted.kinds), wanted.label
    found.save(update_fields=["url", "kinds", "label"])
    if is_moved:
        _start_over(found, at)
    _note(found, "changed", actor, at)
    return found


@use_case
def verify(*, endpoint: WebhookEndpoint, actor: str, at: datetime) -> WebhookEndpoint:
    """Send the challenge again; a disabled endpoint is active again once it has answered.

    Raises:
        WebhookRemoved: it is gone.

    """
    found = _locked(endpoint)
    if found.state == _State.ACTIVE:
        _challenge(found, at)
    else:
        _start_over(found, at)
    _note(found, "asked to verify", actor, at)
    return found


@use_case
def rotate(
    *, endpoint: WebhookEndpoint, secret: str, overlap: timedelta, actor: str, at: datetime
) -> WebhookEndpoint:
    """Sign with another secret from now on, and for the overlap with the one before as well.

    Raises:
        WebhookRemoved: it is gone.
        WebhookSecretOverlap: two secrets are in use already, and the first is not over yet.

    """
    found = _locked(endpoint)
    rows = WebhookSecret.objects.filter(endpoint=found)
    if not overlap:  # whoever fears that it leaked ends every earlier one
        rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).update(expires_at=at)
    elif rows.filter(expires_at__gt=at).exists():
        raise WebhookSecretOverlap
    rows.filter(expires_at__isnull=True).update(expires_at=at + overlap)
    WebhookSecret.objects.create(endpoint=found, sealed=seal(secret, found), made_at=at)
    _note(found, "rotated", actor, at)
    return found


@use_case
def remove(*, endpoint: WebhookEndpoint, actor: str, at: datetime) -> None:
    """Send nothing there any more; again, it is removed already."""
    found = _rows().get(pk=endpoint.pk)
    if found.state == _State.REMOVED:
        return
    end(found, _State.REMOVED, "")
    WebhookSecret.objects.filter(endpoint=found).delete()
    left = WebhookEndpoint.objects.filter(merchant=found.merchant).exclude(state=_State.REMOVED)
    Merchant.objects.filter(pk=found.merchant_id).update(has_webhooks=left.exists())
    _note(found, "removed", actor, at)


def end(endpoint: WebhookEndpoint, state: WebhookEndpoint.State, because: str) -> None:
    """Disable or remove a locked endpoint; what waits for it becomes dead letters."""
    endpoint.state, endpoint.disabled_because = state, because
    endpoint.save(update_fields=["state", "disabled_because"])
    WebhookDelivery.objects.filter(endpoint=endpoint, state=WebhookDelivery.State.PENDING).update(
        state=WebhookDelivery.State.DEAD, leased_until=None, error="endpoint_" + state.lower()
    )


def _start_over(endpoint: WebhookEndpoint, at: datetime) -> None:
    endpoint.state, endpoint.disabled_because = _State.UNVERIFIED, ""
    endpoint.failing_since = None
    endpoint.challenge = secrets.token_urlsafe(_CHALLENGE_BYTES)
    endpoint.save()
    _challenge(endpoint, at)


def _challenge(endpoint: WebhookEndpoint, at: datetime) -> None:
    """Send the challenge now; one that still waits with an earlier one is replaced."""
    earlier = WebhookDelivery.objects.filter(endpoint=endpoint, event__isnull=True)
    earlier.filter(state=WebhookDelivery.State.PENDING).delete()
    WebhookDelivery.objects.create(endpoint=endpoint, due_at=at)
    wake(endpoint.merchant)


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    found = _rows().get(pk=endpoint.pk)
    if found.state == _State.REMOVED:
        raise WebhookRemoved
    return found


def _rows() -> QuerySet[WebhookEndpoint]:
    rows = WebhookEndpoint.objects.select_related("merchant")
    return rows.select_for_update(no_key=True, of=("self",))


def _note(endpoint: WebhookEndpoint, what: str, actor: str, at: datetime) -> None:
    note(
        merchant=endpoint.merchant,
        action=f"webhook.{what}",
        actor=actor,
        facts={"webhook": str(endpoint.public_id), "url": endpoint.url},
        at=at,
    )
