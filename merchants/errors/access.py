"""Refusals about who may do what for a merchant."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class AccessRefused(MerchantError):
    """Base of everything that keeps somebody from acting for a merchant."""

    code = "access_refused"
    status = 403
    message = "this is not allowed"

    def __str__(self) -> str:
        return self.message


class MerchantNotNamed(AccessRefused):
    """A person may work for several merchants, so the request says for which."""

    code = "merchant_not_named"
    status = 400
    message = "say for which merchant in the header Merchant-Id"


class UnknownMerchant(AccessRefused):
    """There is no such merchant, or the person does not work for it."""

    code = "unknown_merchant"
    status = 404
    message = "there is no such merchant, or you do not work for it"


class PermissionMissing(AccessRefused):
    """Neither the roles nor the scopes of the caller allow it; ``permission`` would."""

    code = "permission_missing"
    status = 403

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission

    def __str__(self) -> str:
        return f"this needs the permission {self.permission}"


class PersonNeeded(AccessRefused):
    """An API key asks for what only a member of staff may do."""

    code = "person_needed"
    status = 403
    message = "a member of staff has to ask for this, not an API key"
