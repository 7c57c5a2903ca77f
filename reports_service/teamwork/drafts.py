"""Drafts: what somebody has typed for an act, kept until the act is done or a month is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import NotFound, TooLarge
from reports_service.domain.lifecycle import Action
from reports_service.reports.models import Report
from reports_service.teamwork.models import Draft

KEPT = timedelta(days=30)
CHARACTERS_MOST = 20_000
FIELDS_MOST = 30
FORGOTTEN_AT_ONCE = 1000
# One form stands for several acts; which of them it becomes, the service says.
_ONE_FORM = (
    frozenset({Action.ASSIGN, Action.TRANSFER, Action.DELEGATE}),
    frozenset({Action.RECLASSIFY, Action.CHANGE_PRIORITY}),
)
_CITIZENS_WORDS_GO = frozenset({Action.ERASE_IDENTITY, Action.ANONYMISE})


class DraftTooLong(TooLarge):
    """A draft is as long as what it is a draft of."""

    code = "draft_too_long"


class ActUnknown(NotFound):
    """The address names no act on a report."""

    code = "act_unknown"


def kept(actor: Actor, report: Report) -> dict[str, Draft]:
    """The actor's own drafts on this report, by act."""
    rows = db.session.scalars(
        select(Draft).where(_of(actor.account_id, report)).execution_options(populate_existing=True)
    )
    return {draft.action: draft for draft in rows}


def keep(actor: Actor, report: Report, action: str, fields: Mapping[str, str]) -> Draft:
    """Keep what is typed now in place of what was kept before.

    Raises ``DraftTooLong``, ``ActUnknown``.
    """
    action = _act(action)
    length = sum(len(name) + len(text) for name, text in fields.items())
    if length > CHARACTERS_MOST:
        raise DraftTooLong(most=CHARACTERS_MOST, length=length)
    said = {"fields": dict(fields), "saved_at": clock.now()}
    keys = {"account_id": actor.account_id, "report_id": report.id, "action": action}
    # Two tabs may save at once: one statement, and the later one stays.
    insert: Any = postgresql.insert if _on_postgresql() else sqlite.insert
    statement = insert(Draft).values(**keys, **said)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=said))
    return kept(actor, report)[action]


def drop(actor: Actor, report: Report, action: str) -> None:
    """Throw a draft away; there may be none. Raises ``ActUnknown``."""
    _delete(_of(actor.account_id, report), Draft.action == _act(action))


def act_done(action: Action, report: Report, account_id: int | None) -> None:
    """The draft of an act goes with the act; where a citizen has all erased, every draft goes."""
    if action in _CITIZENS_WORDS_GO:
        _delete(Draft.report_id == report.id)
    elif account_id is not None:
        acts = next((form for form in _ONE_FORM if action in form), {action})
        _delete(_of(account_id, report), Draft.action.in_(acts))


def forget_old() -> int:
    """Delete drafts that nobody went on with. Returns how many."""
    total = 0
    oldest = select(Draft.id).where(Draft.saved_at < clock.now() - KEPT).order_by(Draft.saved_at)
    while True:
        with unit_of_work():
            ids = db.session.scalars(oldest.limit(FORGOTTEN_AT_ONCE)).all()
            _delete(Draft.id.in_(ids))
        total += len(ids)
        if len(ids) < FORGOTTEN_AT_ONCE:
            return total


def _act(action: str) -> Action:
    if action not in set(Action):
        raise ActUnknown()
    return Action(action)


def _of(account_id: int | None, report: Report) -> ColumnElement[bool]:
    return (Draft.account_id == (account_id or 0)) & (Draft.report_id == report.id)


def _delete(*conditions: ColumnElement[bool]) -> None:
    # Asked in the middle of an act: what is half done there must not be written for it.
    with db.session.no_autoflush:
        db.session.execute(
            delete(Draft).where(*conditions).execution_options(synchronize_session=False)
        )


def _on_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
