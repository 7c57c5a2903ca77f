"""The floor of filing: a bare Flask and SQLAlchemy application that writes two rows and commits.

``bin/bench intake`` serves it as it serves the real one: what is lost against it is the service's
own work. It is fixed: changing it would change what the bound means.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import ForeignKey, String, Text, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import ConnectionPoolEntry

from config.environment import database_url

app = Flask(__name__)
engine = create_engine(database_url(), pool_size=10)  # as the service: one for each thread


class Base(DeclarativeBase):
    """Base of the two tables."""


class Filed(Base):
    """What somebody sent."""

    __tablename__ = "floor_filed"

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    lat: Mapped[float]
    lon: Mapped[float]
    created_at: Mapped[datetime]

    steps: Mapped[list[Step]] = relationship(back_populates="filed")


class Step(Base):
    """One thing that happened to it."""

    __tablename__ = "floor_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    filed_id: Mapped[int] = mapped_column(ForeignKey(Filed.id))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    filed: Mapped[Filed] = relationship(back_populates="steps")


@event.listens_for(engine, "connect")
def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Durable and with readers beside the writer, as the service's own database."""
    if engine.dialect.name != "sqlite":
        return
    with closing(connection.cursor()) as cursor:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")


@app.post("/api/v1/reports")
def file() -> tuple[Response, int]:
    sent = request.get_json()
    now = datetime.now(UTC).replace(tzinfo=None)
    filed = Filed(
        category=sent["category"],
        description=sent["description"],
        lat=sent["location"]["lat"],
        lon=sent["location"]["lon"],
        created_at=now,
    )
    filed.steps.append(Step(kind="filed", at=now))
    with Session(engine, expire_on_commit=False) as session:
        session.add(filed)
        session.commit()
    return jsonify(id=filed.id, created_at=now.isoformat()), 201


@app.get("/healthz")
def healthz() -> Response:
    return jsonify(status="alive")


if __name__ == "__main__":
    Base.metadata.create_all(engine)
