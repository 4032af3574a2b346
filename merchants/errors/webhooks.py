"""Refusals about webhooks."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class WebhookRefused(MerchantError):
    """Base of everything that keeps a webhook from being set up or sent again."""

    code = "webhook_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class TooManyWebhooks(WebhookRefused):
    """The merchant has as many endpoints as are kept."""

    code = "too_many_webhooks"
    message = "remove another webhook first"


class WebhookRemoved(WebhookRefused):
    """The endpoint was removed."""

    code = "webhook_removed"
    message = "this webhook was removed"


class WebhookNotActive(WebhookRefused):
    """The endpoint is disabled, or has not answered the challenge."""

    code = "webhook_not_active"
    message = "this webhook is not active; have it verified first"


class WebhookSecretOverlap(WebhookRefused):
    """Two secrets are in use already."""

    code = "webhook_secret_overlap"
    message = "the secret before the current one is still in use; wait, or end it with overlap 0"
