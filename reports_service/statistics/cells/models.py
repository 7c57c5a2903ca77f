"""Tables of the figures: sheets, cells, what is open, and whose turn it is to recount."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import BigKey, Model, UtcDateTime


class Sheet(Model):
    """Rows (``layout.ROW``, ``layout.OPENED_ROW``) of one moment, month and agency, by moment."""

    __tablename__ = "figure_sheets"

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # 202611
    agency_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    rows: Mapped[bytes] = mapped_column(LargeBinary)


class Cell(Model):
    """What figures need of an agency in a span: all its work, or that of one member of an axis.

    ``span``: 202611 a month, 2026 a year, -2026 all years before 2026 (``Turn.past_before``).
    ``counts``: int32, ``layout.COUNTS``; ``lengths``: see ``cells.lengths``; ``marks``:
    ``layout.MARK``, of months that were not over when they were counted. ``version``: drawn at each
    writing, so that what was worked out from the bytes holds as long as it stands; 0: none was.
    """

    __tablename__ = "figure_cells"

    axis: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    span: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    member: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    counts: Mapped[bytes] = mapped_column(LargeBinary)
    lengths: Mapped[bytes] = mapped_column(LargeBinary)
    marks: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Standing(Model):
    """What is open at an agency (``standing.MOMENT``), each ascending: deadlines, and since when.

    ``opened`` is None where it was written before it was kept.
    """

    __tablename__ = "figure_standing"

    agency_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    deadlines: Mapped[bytes] = mapped_column(LargeBinary)
    opened: Mapped[bytes | None] = mapped_column(LargeBinary)


class Turn(Model):
    """The one row that says who recounts, until when, and what was counted.

    ``fence`` grows with each turn: who finds another number when he is to write has lost his turn.
    """

    __tablename__ = "figure_turn"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fence: Mapped[int] = mapped_column(Integer)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    built_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: not ready
    # While they are built: the last agency that is done, 0 at first. None: nothing was begun.
    built_up_to: Mapped[int | None] = mapped_column(BigKey)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    past_before: Mapped[int] = mapped_column(Integer)  # the year that was not over
    zone: Mapped[str | None] = mapped_column(String(60))  # whose days are counted by
    # ``cells.layout.LAYOUT`` of what is kept. None: nothing is.
    layout: Mapped[int | None] = mapped_column(BigInteger)
