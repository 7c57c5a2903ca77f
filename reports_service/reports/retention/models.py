"""Runs of the schedule that makes reports anonymous, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import BigKey, Model, UtcDateTime


class Anonymisation(Model):
    """One batch of reports whose time was over, and what was deleted of them.

    ``words``: events whose words are gone. ``digest``: SHA-256 over the digest of the run before
    and a line ``code seq hash`` for each event ``anonymised`` of this one, in the order of the
    codes. So a run cannot be forged, left out or made to hold other reports without its being seen.
    """

    __tablename__ = "anonymisations"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reports: Mapped[int] = mapped_column(Integer)
    people: Mapped[int] = mapped_column(Integer)
    words: Mapped[int] = mapped_column(Integer)
    pictures: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
