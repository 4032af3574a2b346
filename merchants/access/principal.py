"""Who asks, for which merchant: a member of its staff, or an API key.

The grants say what may be done where. A question about an object of a store is put to
``stores(permission)``: what is not in it is not found, whoever's it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from ledger.calls import call, columns, integers, loaded
from merchants.access.permissions import Permission
from merchants.models import Merchant, Store
from wallet.models import User

_STORE = f"""
    SELECT {columns(Store, "s")} FROM merchants_store AS s
    WHERE s.public_id = $1 AND s.merchant_id = $2 AND ($3::bigint[] IS NULL OR s.id = ANY($3))
"""  # noqa: S608 - of names of columns alone.


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions at one store, or (``store_id`` None) at all of the merchant's.

    ``terminal_id`` narrows an API key to one till. ``refund_limit_minor`` is the most that one
    refund may give back, in minor units; None: whatever is left of the payment.
    """

    permissions: frozenset[Permission]
    store_id: int | None = None
    terminal_id: int | None = None
    refund_limit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller at the merchant API; ``request.auth`` of every view of it.

    ``actor`` is who it is, for audits: ``user:<id>`` or ``key:<id>``. It stays the same when a
    key's secret is rotated. ``user`` is None for a key.
    """

    merchant: Merchant
    actor: str
    grants: tuple[Grant, ...]
    user: User | None = None

    @property
    def idempotency_principal(self) -> str:
        """Under which name keyed requests are remembered."""
        return f"merchant:{self.merchant.pk}:{self.actor}"

    def may(self, permission: Permission) -> bool:
        """Tell whether it may do this somewhere."""
        return any(permission in grant.permissions for grant in self.grants)

    def may_everywhere(self, permission: Permission) -> bool:
        """Tell whether it may do this for the merchant as a whole."""
        return any(
            permission in grant.permissions and grant.store_id is None for grant in self.grants
        )

    def may_at(self, permission: Permission, store_id: int) -> bool:
        """Tell whether it may do this at a store, which has to be the merchant's."""
        return bool(self._grants_at(permission, store_id))

    def stores(self, permission: Permission) -> QuerySet[Store]:
        """Return the merchant's stores at which it may do this; not yet queried."""
        stores = Store.objects.filter(merchant=self.merchant)
        if self.may_everywhere(permission):
            return stores
        return stores.filter(pk__in=self._named(permission))

    def store(self, permission: Permission, public_id: str) -> Store:
        """Return one of ``stores``, without what Django needs to put the question together.

        Raises:
            Http404: it is none of them.

        """
        only = None if self.may_everywhere(permission) else integers(self._named(permission))
        rows = call(_STORE, [public_id, self.merchant.pk, only])
        if not rows:
            raise Http404
        found = loaded(Store, rows[0])
        found.merchant = self.merchant
        return found

    def refund_limit(self, store_id: int) -> int | None:
        """Return the most that one refund at a store may give back, in minor units.

        None: no limit of its own. 0 for who may not refund there at all. Of several grants the
        most generous counts.
        """
        limits = [
            grant.refund_limit_minor
            for grant in self._grants_at(Permission.REFUNDS_WRITE, store_id)
        ]
        known = [limit for limit in limits if limit is not None]
        return max(known, default=0) if len(known) == len(limits) else None

    @property
    def terminal_id(self) -> int | None:
        """The till that the caller is; None for a person, or a key for more than one till."""
        return self.grants[0].terminal_id if len(self.grants) == 1 else None

    def _named(self, permission: Permission) -> list[int]:
        return [g.store_id for g in self.grants if permission in g.permissions and g.store_id]

    def _grants_at(self, permission: Permission, store_id: int) -> list[Grant]:
        return [
            grant
            for grant in self.grants
            if permission in grant.permissions and grant.store_id in (None, store_id)
        ]
