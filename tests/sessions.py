"""Sessions of accounts that a test makes as it needs them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from reports_service.accounts import signing_in
from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.roles import Role

_numbers = count(1)


def signed_in(role: Role, agency: Agency | None = None) -> dict[str, str]:
    """The headers of a session of a new account, which has no password."""
    account = Account(
        email=f"{role}-{next(_numbers)}@tests.example",
        name="An",
        role=role,
        agency_id=agency.id if agency else None,
        password_hash="",
        created_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()  # gives the account the id that its session keeps
    token = signing_in.sign_in(account, timedelta(hours=1)).token
    return {"Authorization": f"Bearer {token}"}
