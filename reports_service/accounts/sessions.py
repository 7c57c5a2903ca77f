"""Sessions as their owners and administrators see them: listed, noted as used, ended."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import OperationalError

from reports_service.accounts.models import Account, Session
from reports_service.core import audit, clock
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import NotFound, Unavailable

USE_NOTED_EVERY: Final = timedelta(minutes=15)  # a request must not cost a write
ENDED_KEPT: Final = timedelta(days=90)
log = logging.getLogger(__name__)


class SessionUnknown(NotFound):
    """The account has no such session that still holds."""

    code = "session_unknown"


def open_sessions(account_id: int) -> Sequence[Session]:
    """The sessions of an account that still hold, the last used first."""
    found = db.session.scalars(select(Session).where(_holds(account_id))).all()
    return sorted(found, key=last_use, reverse=True)


def end(actor: Actor, account: Account, public_id: str) -> None:
    """End one session. Raises ``SessionUnknown``."""
    chosen = [one.id for one in open_sessions(account.id) if one.public_id == public_id]
    if not _revoke(Session.id.in_(chosen)):
        raise SessionUnknown()
    audit.record(actor, "session_ended", "account", account.email, session=public_id)


def end_all(actor: Actor, account: Account, except_id: int | None = None) -> int:
    """End all sessions of an account, but for one. Returns how many."""
    ended = end_silently(account.id, except_id)
    audit.record(actor, "sessions_ended", "account", account.email, sessions=ended)
    return ended


def end_silently(account_id: int, except_id: int | None = None) -> int:
    """The same as part of an act that the audit log names itself."""
    chosen = _holds(account_id)
    return _revoke(chosen if except_id is None else chosen & (Session.id != except_id))


def last_use(session: Session) -> datetime:
    """When a session was used last, up to ``USE_NOTED_EVERY`` behind."""
    return session.last_used_at or session.created_at


def note_use(session: Session, now: datetime) -> None:
    """Write down that a session is used. Where nothing can be written, reading goes on."""
    if now - last_use(session) < USE_NOTED_EVERY:
        return
    said = update(Session).where(Session.id == session.id).values(last_used_at=now)
    try:
        with unit_of_work():
            db.session.execute(said.execution_options(synchronize_session=False))
    except (OperationalError, Unavailable) as away:
        log.warning("the use of a session could not be noted: %s", type(away).__name__)


def forget_old() -> None:
    """Delete sessions that ended a while ago."""
    before = clock.now() - ENDED_KEPT
    with unit_of_work():
        over = or_(Session.expires_at < before, Session.revoked_at < before)
        db.session.execute(delete(Session).where(over))


def _holds(account_id: int) -> ColumnElement[bool]:
    return (
        (Session.account_id == account_id)
        & Session.revoked_at.is_(None)
        & (Session.expires_at > clock.now())
    )


def _revoke(chosen: ColumnElement[bool]) -> int:
    ended = db.session.scalars(
        update(Session)
        .where(chosen)
        .values(revoked_at=clock.now())
        .returning(Session.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())
