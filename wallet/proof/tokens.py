"""Tokens of the API, by knox."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.models import AuthToken


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]  # knox is not typed.
    """Reads a token by one query; a job removes what expired, and not each request."""

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        """Tell whether a token is too old."""
        return bool(auth_token.expiry is not None and auth_token.expiry < timezone.now())


def prune(*, at: datetime) -> int:
    """Remove tokens that open nothing any more."""
    removed: int
    removed, _ = AuthToken.objects.filter(expiry__lt=at).delete()
    return removed
