"""Who may do what: the whole product of roles and permissions, and of roles that give roles."""

from __future__ import annotations

from itertools import product

import pytest

from merchants.access.permissions import (
    PERSONS_ONLY,
    ROLE_GIVES,
    ROLE_PERMISSIONS,
    SCOPES,
    Permission,
)
from merchants.models import Role
from merchants.models.api_keys import SCOPE_LENGTH

# O owner, M manager, C cashier, V viewer; k: an API key may have it.
TABLE = """
    merchant:read      OMCVk
    stores:read        OMCVk
    stores:write       OM--k
    terminals:read     OMCVk
    terminals:write    OM--k
    codes:read         OMCVk
    codes:write        OM--k
    payments:read      OMCVk
    payments:write     OMC-k
    refunds:write      OMC-k
    disputes:write     OM--k
    offline:write      OMC-k
    offline_terms:write OM--k
    events:read        OMCVk
    webhooks:read      OM--k
    webhooks:write     O---k
    settlements:read   OM-Vk
    fees:read          OM-Vk
    staff:read         OM--k
    staff:write        OM---
    keys:read          O----
    keys:write         O----
    bank_account:read  O----
    bank_account:write O----
"""
ROWS = dict(line.split() for line in TABLE.strip().splitlines())
LETTERS = {Role.OWNER: "O", Role.MANAGER: "M", Role.CASHIER: "C", Role.VIEWER: "V"}


def test_the_table_names_every_permission() -> None:
    assert set(ROWS) == {permission.value for permission in Permission}
    assert all(len(permission.value) <= SCOPE_LENGTH for permission in Permission)


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    role: Role, permission: Permission
) -> None:
    assert (permission in ROLE_PERMISSIONS[role]) == (LETTERS[role] in ROWS[permission.value])


@pytest.mark.parametrize("permission", Permission)
def test_a_key_may_have_what_the_table_says(permission: Permission) -> None:
    assert (permission in SCOPES) == ("k" in ROWS[permission.value])
    assert (permission in SCOPES) != (permission in PERSONS_ONLY)


@pytest.mark.parametrize(("giver", "given"), list(product(Role, Role)))
def test_nobody_gives_a_role_that_may_more_than_their_own(giver: Role, given: Role) -> None:
    gives = {Role.OWNER: "OMCV", Role.MANAGER: "CV", Role.CASHIER: "", Role.VIEWER: ""}
    assert (given in ROLE_GIVES[giver]) == (LETTERS[given] in gives[giver])
    if given in ROLE_GIVES[giver]:
        assert ROLE_PERMISSIONS[given] <= ROLE_PERMISSIONS[giver]
