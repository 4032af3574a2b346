"""Roles of staff: who may give and end which, and that a merchant keeps an owner.

Note [Roles by the database]: that somebody holds one role at a place and that an owner stays is
refused by PostgreSQL, whatever happens at once; the refusal is recognised by its name.
"""

from __future__ import annotations

from datetime import datetime

from merchants.access.audits import name_of, note
from merchants.access.permissions import ROLE_GIVES
from merchants.errors import LastOwner, RoleHeld, RoleNotYours, RoleUnfit
from merchants.models import Merchant, Role, StaffRole, Store
from merchants.refusals import refused_as
from wallet.idempotency import use_case
from wallet.models import User


@use_case
def end_role(*, held: StaffRole, by: User, at: datetime) -> StaffRole:
    """End a role, one's own or one that a role of one's own gives; again changes nothing.

    Raises:
        RoleNotYours: neither.
        LastOwner: the merchant would be left without an owner.

    """
    found = _locked(held)
    if found.ended_at is not None:
        return found
    if found.user_id != by.pk:
        require_giver(merchant=found.merchant, role=Role(found.role), store=found.store, by=by)
    _end(found, at)
    _note(found, "staff.ended", by, at)
    return found


@use_case
def change_role(
    *, held: StaffRole, role: Role, refund_limit_minor: int | None, by: User, at: datetime
) -> StaffRole:
    """Give somebody another role in place of one; the one before is kept as ended.

    Raises:
        RoleNotYours: no role of one's own gives, and ends, both.
        RoleUnfit: an owner of one store, or a refund limit where none belongs.
        LastOwner: the merchant would be left without an owner.
        RoleHeld: the role was ended or replaced before.

    """
    require_fit(role=role, store=held.store, refund_limit_minor=refund_limit_minor)
    found = _locked(held)
    if found.ended_at is not None:
        raise RoleHeld
    for each in (Role(found.role), role):
        require_giver(merchant=found.merchant, role=each, store=found.store, by=by)
    _end(found, at)
    made = give(
        merchant=found.merchant,
        store=found.store,
        user=found.user,
        role=role,
        refund_limit_minor=refund_limit_minor,
        at=at,
    )
    _note(made, "staff.changed", by, at)
    return made


def give(
    *,
    merchant: Merchant,
    store: Store | None,
    user: User,
    role: Role,
    refund_limit_minor: int | None,
    at: datetime,
) -> StaffRole:
    """Give a role, inside the caller's database transaction.

    Raises:
        RoleHeld: the person has one there.

    """
    with refused_as(RoleHeld, "merchants_staff_role_one_each"):
        return StaffRole.objects.create(
            merchant=merchant,
            store=store,
            user=user,
            role=role,
            refund_limit_minor=refund_limit_minor,
            began_at=at,
        )


def require_giver(*, merchant: Merchant, role: Role, store: Store | None, by: User) -> None:
    """Refuse who holds no role, at that place or at all stores, that gives the one asked for.

    Raises:
        RoleNotYours: they hold none.

    """
    own = StaffRole.objects.filter(merchant=merchant, user=by, ended_at__isnull=True)
    for held in own:
        reaches = held.store_id is None or (store is not None and held.store_id == store.pk)
        if reaches and role in ROLE_GIVES[Role(held.role)]:
            return
    raise RoleNotYours


def require_fit(*, role: Role, store: Store | None, refund_limit_minor: int | None) -> None:
    """Refuse a role that the tables would refuse.

    Raises:
        RoleUnfit: an owner of one store, a cashier without a refund limit, others with one.

    """
    is_owner_of_one = role == Role.OWNER and store is not None
    if is_owner_of_one or (role == Role.CASHIER) != (refund_limit_minor is not None):
        raise RoleUnfit


def _locked(held: StaffRole) -> StaffRole:
    rows = StaffRole.objects.select_related("merchant", "store", "user")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=held.pk)


def _end(found: StaffRole, at: datetime) -> None:
    found.ended_at = at
    with refused_as(LastOwner, "merchants_staff_role_owner_stays"):
        found.save(update_fields=["ended_at"])


def _note(held: StaffRole, action: str, by: User, at: datetime) -> None:
    note(
        merchant=held.merchant,
        action=action,
        actor=name_of(by),
        facts={
            "role": held.role,
            "user": held.user_id,
            "store": None if held.store is None else held.store.public_id,
            "refund_limit_minor": held.refund_limit_minor,
        },
        at=at,
    )
