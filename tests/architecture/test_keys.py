"""The keys of other systems open the doors of their scopes and no other."""

from __future__ import annotations

import pytest
from flask import Flask

from reports_service.accounts import api_keys
from reports_service.core.auth import SYSTEM
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import PERMISSIONS, SCOPES, Permission, Role, Scope
from tests.architecture.test_routes import Door, doors, path_of
from tests.personas import API, Caller, People


def lets_in(door: Door, scope: Scope) -> bool:
    """Whether the table of scopes says that a key may enter."""
    if door.guard == "public":
        return True
    needs, _ = door.guard
    return any(need in SCOPES[scope] for need in needs if isinstance(need, Permission))


@pytest.mark.parametrize("scope", Scope)
def test_every_door_lets_in_the_keys_of_its_scope_and_no_other(
    scope: Scope, app: Flask, people: People
) -> None:
    with unit_of_work():
        key = api_keys.create(SYSTEM, "x", [scope]).key
    machine, wrong = Caller(people.client, f"Bearer {key}"), []
    for door in doors(app):
        path = path_of(door.rule).removeprefix(API)
        status = machine.call(door.method, path, json={}, etag='"x"').status_code
        if (status not in (401, 403)) != lets_in(door, scope) or status >= 500:
            wrong.append((door.name, status))
    assert [one for one in wrong if one != ("POST /sessions", 401)] == []


@pytest.mark.parametrize("scope", Scope)
def test_each_scope_opens_something(scope: Scope, app: Flask) -> None:
    guarded = [door for door in doors(app) if door.guard != "public"]
    assert any(lets_in(door, scope) for door in guarded)


@pytest.mark.pure
def test_no_key_may_what_only_staff_of_an_agency_or_the_centre_may() -> None:
    """A scope opens nothing about people, and nothing that an administrator may not do himself."""
    opened = set().union(*SCOPES.values())
    assert all(Role.ADMIN in PERMISSIONS[permission] for permission in opened)
    assert not opened & {
        Permission.SEE_IDENTITY,
        Permission.SEE_RESTRICTED,
        Permission.SEE_INTERNAL_VIEW,
        Permission.ADMINISTER,
    }
