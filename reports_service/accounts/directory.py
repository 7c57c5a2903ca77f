"""Who is who among the staff: names behind the ids that events and assignments keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from reports_service.accounts import service
from reports_service.accounts.models import Account
from reports_service.core.db import db
from reports_service.domain.roles import Role

WORKING = (Role.OFFICER, Role.HEAD, Role.OPERATOR)


def names_of(account_ids: Iterable[int | None]) -> Mapping[int, str]:
    """The names of these accounts, ended ones too, by one statement."""
    wanted = {one for one in account_ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def colleagues(agency_id: int) -> Sequence[Account]:
    """Who may work on the reports that this agency holds."""
    return sorted(service.staff_of(agency_id, WORKING), key=lambda account: account.name)
