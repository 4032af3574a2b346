"""The base of every list on the merchants' site: it begins with what is the caller's own.

Note [Own rows]
Everything that reads rows begins at ``get_queryset``: the list, a page, a filter's choices, a
field that refers to another table, and what a box completes. So that one filter decides; and the
database holds against it, see Note [The second wall]. Addresses may narrow a list down by nothing
but its own filters: any other condition, such as one about the payer, would tell by its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.admin.looking import LookAdmin
from merchants.admin.own.callers import caller_of, require_caller


class OwnFilter(RelatedFieldListFilter):
    """A filter by a row of another table, which offers the caller's own alone."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return what may be chosen."""
        rows = model_admin.own_rows_of(field.related_model, request)
        return [(row.pk, str(row)) for row in rows.order_by("pk")[: self.most]]

    most = 100


class OwnAdmin(LookAdmin):
    """A list of the merchant's own; who may look, and at which stores, is the caller's role.

    ``to_merchant`` is the path to the merchant; ``to_store`` to the store, where a role at one
    store sees the rows of that store alone. Without it only a role at all stores sees any.
    """

    needs: Permission
    to_merchant = "merchant"
    to_store = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the caller's own rows; see Note [Own rows]."""
        caller = require_caller(request)
        rows: QuerySet[Any] = super().get_queryset(request)
        own = rows.filter(**{self.to_merchant: caller.merchant})
        if caller.may_everywhere(self.needs):
            return own
        if not self.to_store:
            return own.none()
        return own.filter(**{f"{self.to_store}__in": caller.stores(self.needs)})

    def own_rows_of(self, model: Any, request: HttpRequest) -> QuerySet[Any]:
        """Return the caller's own rows of another table; none where this site does not show it."""
        other = self.admin_site.get_model_admin(model) if self._knows(model) else None
        if other is None or not other.has_view_permission(request):
            return model.objects.none()  # type: ignore[no-any-return]
        return other.get_queryset(request)  # type: ignore[no-any-return]

    def _knows(self, model: Any) -> bool:
        return bool(self.admin_site.is_registered(model))

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """Return what a field that refers to another table may refer to."""
        return self.own_rows_of(db_field.remote_field.model, request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the caller's role lets them look."""
        caller = caller_of(request)
        return caller is not None and self._may(caller)

    def _may(self, caller: Principal) -> bool:
        return caller.may(self.needs) if self.to_store else caller.may_everywhere(self.needs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether there is anything here for the caller."""
        return caller_of(request) is not None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the filters of the list and nothing else; see Note [Own rows]."""
        names = [one if isinstance(one, str) else one[0] for one in self._filters()]
        return lookup in {f"{name}{how}" for name in names for how in ("__exact", "__id__exact")}

    def _filters(self) -> Sequence[Any]:
        return tuple(self.list_filter)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Let rows be named by their key alone."""
        return bool(to_field == self.opts.pk.name)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer nothing that is done to several rows at once."""
        return {}
