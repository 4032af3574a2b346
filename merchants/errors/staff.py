"""Refusals about staff, invitations and API keys."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class StaffRefused(MerchantError):
    """Base of everything that keeps somebody from a role or a key."""

    code = "staff_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class RoleNotYours(StaffRefused):
    """Nobody gives or ends a role above what their own role gives."""

    code = "role_not_yours"
    status = 403
    message = "your role does not give or end this role here"


class RoleUnfit(StaffRefused):
    """An owner is one of all stores; a cashier, and nobody else, has a refund limit."""

    code = "role_unfit"
    status = 400
    message = "an owner has no store, and a refund limit belongs to a cashier"


class LastOwner(StaffRefused):
    """A merchant keeps an owner."""

    code = "last_owner"
    message = "the last owner cannot leave"


class RoleHeld(StaffRefused):
    """The person has a role there already."""

    code = "role_held"
    message = "this person has a role there already"


class InvitationOpen(StaffRefused):
    """The phone number was invited there already."""

    code = "invitation_open"
    message = "this phone number is invited there already"


class TooManyInvitations(StaffRefused):
    """A merchant has as many open invitations as one may."""

    code = "too_many_invitations"
    message = "answer or revoke some of the open invitations first"


class InvitationNotOpen(StaffRefused):
    """The invitation was answered or revoked before, or is too old."""

    code = "invitation_not_open"
    message = "this invitation is not open any more"


class ApiKeyRevoked(StaffRefused):
    """A revoked key stays revoked."""

    code = "api_key_revoked"
    message = "this API key is revoked"


class TooManyApiKeys(StaffRefused):
    """The merchant has as many keys as one may."""

    code = "too_many_api_keys"
    message = "revoke some API keys first"


class ScopeNotForKeys(StaffRefused):
    """Some permissions are for persons only; ``scope`` is one, or is unknown."""

    code = "scope_not_for_keys"
    status = 400

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope

    def __str__(self) -> str:
        return f"an API key cannot have the scope {self.scope}"


class SecretOverlap(StaffRefused):
    """The secret before the current one is still valid, so a third would be one too many."""

    code = "secret_overlap"
    message = "an earlier secret of this key is still valid; wait, or end it first"


class ShiftOpen(StaffRefused):
    """One shift at a time is open at a till."""

    code = "shift_open"
    message = "somebody else's shift is open at this till"
