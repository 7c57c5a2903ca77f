"""Reference data kept in memory: rules, calendars, polygons change seldom and are read always.

Each kind has a revision in the database, raised in the transaction that changes it. A process
compares revisions at most once a second and loads anew what changed. A serving process keeps its
snapshots warm from a thread, so that no request waits for a load.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from flask import Flask
from sqlalchemy import Integer, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import Model, db
from reports_service.domain.errors import Refusal

CHECK_EVERY_S = 1.0
log = logging.getLogger(__name__)
T = TypeVar("T")


class Revision(Model):
    """How often the reference data of one kind has changed."""

    __tablename__ = "revisions"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


def changed(kind: str) -> None:
    """Say, inside the unit of work that changes it, that data of this kind is not what it was."""
    raised = db.session.execute(
        update(Revision).where(Revision.kind == kind).values(number=Revision.number + 1)
    )
    if not raised.rowcount:  # type: ignore[attr-defined]
        db.session.add(Revision(kind=kind, number=1))
        db.session.flush()


class Snapshot(Generic[T]):
    """What ``load`` returned for the present revision of all the ``kinds`` it is made from."""

    _all: ClassVar[list[Snapshot[Any]]] = []

    def __init__(self, *kinds: str, load: Callable[[], T]) -> None:
        self.kinds = kinds
        self._load = load
        self._loading = threading.Lock()
        self.forget()
        Snapshot._all.append(self)

    def forget(self) -> None:
        """Load anew at the next use."""
        self._value: T | None = None
        self._revision: dict[str, int] | None = None
        self._checked = float("-inf")

    def current(self) -> T:
        """The value for the revision that held at most ``CHECK_EVERY_S`` ago."""
        if self._value is None or time.monotonic() - self._checked > CHECK_EVERY_S:
            self._renew()
        assert self._value is not None
        return self._value

    def _renew(self, known: Mapping[str, int] | None = None) -> None:
        """Load anew if a revision changed; ``known``: revisions that were just looked up."""
        # While one thread loads, the others go on with what they have, if they have anything.
        if not self._loading.acquire(blocking=self._value is None):
            return
        try:
            known = revisions(self.kinds) if known is None else known
            revision = {kind: known[kind] for kind in self.kinds if kind in known}
            if self._value is None or revision != self._revision:
                self._value = self._load()
                self._revision = revision
            self._checked = time.monotonic()
        finally:
            self._loading.release()

    @classmethod
    def renew_all(cls) -> None:
        """Bring every snapshot up to date; one that cannot load holds up none of the others."""
        known = revisions({kind for snapshot in cls._all for kind in snapshot.kinds})
        for snapshot in cls._all:
            try:
                snapshot._renew(known)
            except Refusal as missing:  # a deployment that is still being set up
                log.debug("not loaded yet: %s", missing.code)

    @classmethod
    def forget_all(cls) -> None:
        """Drop everything that is kept in memory (another database lies below now)."""
        for snapshot in cls._all:
            snapshot.forget()


def revisions(kinds: Collection[str]) -> dict[str, int]:
    """Kind -> revision, for those of ``kinds`` that ever changed."""
    # Asked in the middle of any change; what is half made there must not be flushed for it.
    with db.session.no_autoflush:
        rows = db.session.execute(
            select(Revision.kind, Revision.number).where(Revision.kind.in_(kinds))
        )
        return {row.kind: row.number for row in rows}


def keep_warm(app: Flask) -> threading.Thread:
    """Start the thread that renews this process's snapshots twice a second."""

    def renew_for_ever() -> None:
        while True:
            try:
                with app.app_context():
                    Snapshot.renew_all()
            except Exception:
                log.exception("reference data could not be renewed; the old stays in use")
            time.sleep(CHECK_EVERY_S / 2)

    thread = threading.Thread(target=renew_for_ever, name="keep-warm", daemon=True)
    thread.start()
    return thread
