"""Who acts as whom, and what each role may beside moving a report."""

from __future__ import annotations

import pytest

from reports_service.domain.roles import Party, Permission, Role, may, party_of


@pytest.mark.parametrize("permission", Permission)
def test_nobody_has_no_permission(permission: Permission) -> None:
    assert not may(None, permission)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.SEE_IDENTITY, {"operator"}),
        (Permission.ADMINISTER, {"admin"}),
        (Permission.SEE_FIGURES, {"leader", "operator", "admin"}),
        (Permission.SEE_QUEUE, {"operator", "officer", "head", "admin"}),
        (Permission.PROTECT_DATA, {"data_officer", "admin"}),
        (Permission.SEE_INBOX, {role.value for role in Role}),
    ],
)
def test_a_permission_belongs_to_these_roles(permission: Permission, roles: set[str]) -> None:
    assert {role.value for role in Role if may(role, permission)} == roles


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("owns", [True, False])
@pytest.mark.parametrize("role", [None, *Role])
def test_staff_of_other_agencies_are_the_public_to_a_report(
    role: Role | None, holds: bool, owns: bool
) -> None:
    party = party_of(role, holds=holds, owns=owns)
    if role in (Role.OPERATOR, Role.ADMIN) or (role in (Role.OFFICER, Role.HEAD) and holds):
        assert party == role.value
    else:
        assert party is (Party.REPORTER if owns else Party.PUBLIC)
