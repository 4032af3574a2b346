"""Inviting somebody to a role by their phone number, and what they answer.

Whoever has confirmed to have the number finds the invitation; a link that could be passed on is
not needed. Nothing tells the inviter whether anybody signed up with the number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from merchants.access.audits import name_of, note
from merchants.errors import InvitationNotOpen, InvitationOpen, TooManyInvitations
from merchants.models import Merchant, Role, StaffInvitation, StaffRole, Store
from merchants.refusals import refused_as
from merchants.staff.roles import give, require_fit, require_giver
from wallet.errors import PhoneNotConfirmed
from wallet.idempotency import use_case
from wallet.models import User
from wallet.people import normal_phone

VALID = timedelta(days=7)
MOST_OPEN = 100
_State = StaffInvitation.State


@use_case
def invite(  # noqa: PLR0913 - an invitation is what it says.
    *,
    merchant: Merchant,
    store: Store | None,
    phone: str,
    role: Role,
    refund_limit_minor: int | None,
    by: User,
    at: datetime,
) -> StaffInvitation:
    """Offer a role to whoever has a phone number, for a week.

    Raises:
        InvalidPhone: not a phone number.
        RoleUnfit: an owner of one store, or a refund limit where none belongs.
        RoleNotYours: no role of one's own gives it there.
        InvitationOpen: the number is invited there.
        TooManyInvitations: the merchant has too many open ones.

    """
    number = normal_phone(phone)
    require_fit(role=role, store=store, refund_limit_minor=refund_limit_minor)
    require_giver(merchant=merchant, role=role, store=store, by=by)
    offered = StaffInvitation.objects.filter(merchant=merchant, state=_State.OPEN)
    # One that nobody answered in time makes room for another.
    offered.filter(expires_at__lte=at).update(state=_State.REVOKED, answered_at=at)
    if offered.count() >= MOST_OPEN:
        raise TooManyInvitations
    with refused_as(InvitationOpen, "merchants_staff_invitation_open_once"):
        made = StaffInvitation.objects.create(
            merchant=merchant,
            store=store,
            phone=number,
            role=role,
            refund_limit_minor=refund_limit_minor,
            invited_by=by,
            invited_at=at,
            expires_at=at + VALID,
        )
    _note(made, "invited", by, at)
    return made


@use_case
def accept(*, invitation: StaffInvitation, user: User, at: datetime) -> StaffRole:
    """Take a role, as the person whose confirmed phone number it was offered to.

    Raises:
        PhoneNotConfirmed: the person has not shown whose phone number it is.
        InvitationNotOpen: it was answered or revoked, is too old, or was not for them.
        RoleNotYours: who invited may not give the role any more.
        RoleHeld: the person has a role there.

    """
    found = _open_for(invitation, user, at)
    if user.phone_confirmed_at is None:
        raise PhoneNotConfirmed
    require_giver(
        merchant=found.merchant, role=Role(found.role), store=found.store, by=found.invited_by
    )
    _answer(found, _State.ACCEPTED, user, at)
    return give(
        merchant=found.merchant,
        store=found.store,
        user=user,
        role=Role(found.role),
        refund_limit_minor=found.refund_limit_minor,
        at=at,
    )


@use_case
def decline(*, invitation: StaffInvitation, user: User, at: datetime) -> StaffInvitation:
    """Turn an invitation down.

    Raises:
        InvitationNotOpen: it was answered or revoked, is too old, or was not for them.

    """
    found = _open_for(invitation, user, at)
    _answer(found, _State.DECLINED, user, at)
    return found


@use_case
def revoke(*, invitation: StaffInvitation, by: User, at: datetime) -> StaffInvitation:
    """Take an invitation back.

    Raises:
        InvitationNotOpen: it was answered or revoked.
        RoleNotYours: no role of one's own gives what it offers.

    """
    found = _locked(invitation)
    if found.state != _State.OPEN:
        raise InvitationNotOpen
    require_giver(merchant=found.merchant, role=Role(found.role), store=found.store, by=by)
    _answer(found, _State.REVOKED, by, at)
    return found


def offered_to(*, user: User, at: datetime) -> QuerySet[StaffInvitation]:
    """Return the open invitations to a person's phone number; not yet queried."""
    return StaffInvitation.objects.select_related("merchant", "store").filter(
        phone=user.phone, state=_State.OPEN, expires_at__gt=at
    )


def _locked(invitation: StaffInvitation) -> StaffInvitation:
    rows = StaffInvitation.objects.select_related("merchant", "store", "invited_by")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=invitation.pk)


def _open_for(invitation: StaffInvitation, user: User, at: datetime) -> StaffInvitation:
    found = _locked(invitation)
    if found.phone != user.phone or found.state != _State.OPEN or found.expires_at <= at:
        raise InvitationNotOpen
    return found


def _answer(found: StaffInvitation, state: StaffInvitation.State, by: User, at: datetime) -> None:
    found.state, found.answered_at = state, at
    found.save(update_fields=["state", "answered_at"])
    _note(found, state.value.lower(), by, at)


def _note(found: StaffInvitation, what: str, by: User, at: datetime) -> None:
    facts = {
        "invitation": str(found.public_id),
        "role": found.role,
        "store": None if found.store is None else found.store.public_id,
        "refund_limit_minor": found.refund_limit_minor,
    }
    merchant, action = found.merchant, f"invitation.{what}"
    note(merchant=merchant, action=action, actor=name_of(by), facts=facts, at=at)
