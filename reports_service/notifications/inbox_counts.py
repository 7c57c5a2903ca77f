"""How many notices somebody has not read yet, for the bar of every page; and reading them all."""

from __future__ import annotations

from sqlalchemy import func, select, update

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.notifications.models import Delivery
from reports_service.notifications.readers import Way

LOOKED_AT = 200  # the newest: a bar is on every page, and an inbox grows for years


def unread(account_id: int) -> int:
    """Of the newest notices of this account, how many were not read yet."""
    newest = (
        select(Delivery.read_at)
        .where(Delivery.recipient == f"account:{account_id}", Delivery.channel == Way.INBOX)
        .order_by(Delivery.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    count = select(func.count()).select_from(newest).where(newest.c.read_at.is_(None))
    return db.session.scalar(count) or 0


def unread_of(actor: Actor) -> int:
    """The same of whoever looks at a page."""
    return unread(actor.account_id) if actor.account_id else 0


def mark_all_read(account_id: int) -> None:
    """Nothing of what this account was told so far is new any more."""
    db.session.execute(
        update(Delivery)
        .where(
            Delivery.recipient == f"account:{account_id}",
            Delivery.channel == Way.INBOX,
            Delivery.read_at.is_(None),
        )
        .values(read_at=clock.now())
    )
