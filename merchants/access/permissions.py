"""What may be done for a merchant, and which role may do it: the one table of it.

A permission is also the scope of an API key, under the same name. A key never gets those that only
a person may use: who works here, which keys there are, and where the money goes.
"""

from __future__ import annotations

from enum import StrEnum

from merchants.models import Role


class Permission(StrEnum):
    """One thing that somebody may do; the value is what an API key's scope is called."""

    MERCHANT_READ = "merchant:read"
    STORES_READ = "stores:read"
    STORES_WRITE = "stores:write"
    TERMINALS_READ = "terminals:read"
    TERMINALS_WRITE = "terminals:write"
    CODES_READ = "codes:read"
    CODES_WRITE = "codes:write"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    REFUNDS_WRITE = "refunds:write"
    DISPUTES_WRITE = "disputes:write"
    OFFLINE_WRITE = "offline:write"
    OFFLINE_TERMS = "offline_terms:write"
    EVENTS_READ = "events:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    SETTLEMENTS_READ = "settlements:read"
    FEES_READ = "fees:read"
    STAFF_READ = "staff:read"
    STAFF_WRITE = "staff:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    BANK_ACCOUNT_READ = "bank_account:read"
    BANK_ACCOUNT_WRITE = "bank_account:write"


PERSONS_ONLY = frozenset(
    {
        Permission.STAFF_WRITE,
        Permission.KEYS_READ,
        Permission.KEYS_WRITE,
        Permission.BANK_ACCOUNT_READ,
        Permission.BANK_ACCOUNT_WRITE,
    }
)
SCOPES = frozenset(Permission) - PERSONS_ONLY

_AT_THE_TILL = frozenset(
    {
        Permission.MERCHANT_READ,
        Permission.STORES_READ,
        Permission.TERMINALS_READ,
        Permission.CODES_READ,
        Permission.PAYMENTS_READ,
        Permission.PAYMENTS_WRITE,
        Permission.REFUNDS_WRITE,
        Permission.OFFLINE_WRITE,
        Permission.EVENTS_READ,
    }
)
_TO_LOOK = frozenset(
    {
        Permission.MERCHANT_READ,
        Permission.STORES_READ,
        Permission.TERMINALS_READ,
        Permission.CODES_READ,
        Permission.PAYMENTS_READ,
        Permission.EVENTS_READ,
        Permission.SETTLEMENTS_READ,
        Permission.FEES_READ,
    }
)
_TO_MANAGE = (
    _AT_THE_TILL
    | _TO_LOOK
    | {
        Permission.STORES_WRITE,
        Permission.TERMINALS_WRITE,
        Permission.CODES_WRITE,
        Permission.DISPUTES_WRITE,
        Permission.OFFLINE_TERMS,
        Permission.WEBHOOKS_READ,
        Permission.STAFF_READ,
        Permission.STAFF_WRITE,
    }
)
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: _TO_MANAGE,
    Role.CASHIER: _AT_THE_TILL,
    Role.VIEWER: _TO_LOOK,
}

# Whom a role may invite, and whose role it may end: nobody hands out more than they hold.
ROLE_GIVES: dict[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role),
    Role.MANAGER: frozenset({Role.CASHIER, Role.VIEWER}),
    Role.CASHIER: frozenset(),
    Role.VIEWER: frozenset(),
}
