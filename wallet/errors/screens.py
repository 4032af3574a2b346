"""Refusals of pages."""

from __future__ import annotations

from wallet.errors.base import WalletError


class UnknownDraft(WalletError):
    """What was to be confirmed is not known in this session any more."""

    code = "unknown_draft"
    status = 404
    message = "what was to be confirmed is not known any more; begin again"
