"""The order in which changes were committed, as rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import BigKey, Model


class WaitingChange(Model):
    """An event that was committed and has no place among the changes yet.

    Written by a trigger, with every event, however events come in. It names no foreign key: an
    event that somebody takes away by hand must not stop the changes of all others.
    """

    __tablename__ = "changes_waiting"

    event_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)


class OldEvents(Model):
    """How far the events have places that were there before any waited. No row: all have.

    Those after ``after`` and up to ``up_to`` have none yet, if they do not wait by themselves.
    """

    __tablename__ = "changes_old"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # always 1
    after: Mapped[int] = mapped_column(BigInteger)
    up_to: Mapped[int] = mapped_column(BigInteger)


class Change(Model):
    """An event and its place among the changes: given once, after its commit, never altered."""

    __tablename__ = "changes"

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger, index=True)
