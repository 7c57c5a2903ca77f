"""The audit log: who did what, when and from where, as a chain that shows what was changed in it.

An entry holds the hash of the one before and of its own content, an HMAC under a key that is not in
the database, as the events of a report do. Nothing of it can be changed or deleted: the database
refuses (migration 0019), and ``reports audit verify`` names what was done past the database.

Entries are sealed at the end of the unit of work, when all else is written: until then nobody waits
for anybody, and the row of the head, which all who write entries lock, is held for one statement
and the commit. Filing by citizens writes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, event, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from reports_service.core import clock, keys, whence
from reports_service.core.auth import Actor
from reports_service.core.db import BigKey, Json, Model, UtcDateTime, db

LOOKED = "looked"  # the act of seeing what few may
VERSION = 2  # of what an entry's hash is made of; 1: those of before the chain, without a place
GENESIS = bytes(32)
_UNSEALED = "unsealed audit entries"


class AuditEntry(Model):
    """One act on an object. ``detail`` holds codes and values, never words or data of a citizen,
    and no secret. ``number`` counts all entries without a gap.

    What seals an entry may be null in the database, so that a version of the service from before
    the chain can still write while a newer one starts; such an entry is named as added.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_object", "object_kind", "object_key"),
        Index("uq_audit_entries_number", "number", unique=True),
        Index("ix_audit_entries_actor", "actor", "number"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[int | None] = mapped_column(BigKey)
    actor: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_key: Mapped[str] = mapped_column(String(120))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    number: Mapped[int] = mapped_column(BigInteger, nullable=True)
    version: Mapped[int] = mapped_column(SmallInteger, nullable=True)
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(64))
    session_id: Mapped[int | None] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(String(200), nullable=True)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=True)


class AuditHead(Model):
    """The one row that says how far the log goes: the number and hash of its last entry."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


def record(actor: Actor, act: str, object_kind: str, object_key: str, **detail: Any) -> AuditEntry:
    """Write down, in the caller's unit of work, that ``actor`` did ``act`` on an object.

    It gets its number and its seal when that is committed. Where citizens act, no address is kept.
    """
    place = whence.whence()
    inside = actor.tracking is None
    entry = AuditEntry(
        at=clock.now(),
        account_id=actor.account_id,
        actor=actor.name,
        act=act,
        object_kind=object_kind,
        object_key=object_key[:120],
        detail=orjson.loads(orjson.dumps(detail)),  # as it will be read again
        version=VERSION,
        address=place.address if inside else None,
        request_id=place.request_id,
        session_id=actor.session_id,
        device=place.device if inside else "",
    )
    session = db.session()
    session.connection()  # begins what is undone together with this, where nothing began it yet
    _unsealed(session).append((entry, session.get_nested_transaction()))
    return entry


def head() -> AuditHead:
    """How far the log goes."""
    return db.session.get_one(AuditHead, 1)


def entry_hash(entry: AuditEntry) -> bytes:
    """HMAC-SHA-256 over an entry's content and the hash before it."""
    return keys.keyed_hash(keys.AUDIT, canonical(entry))


def is_sealed(entry: AuditEntry) -> bool:
    """Whether its hash is of its content, under the present secret or an earlier one."""
    whole = None not in (entry.hash, entry.previous_hash)
    return whole and keys.holds(keys.AUDIT, canonical(entry), entry.hash)


def canonical(entry: AuditEntry) -> bytes:
    """What an entry's hash is made of, as one text."""
    content = {
        "number": entry.number,
        "version": entry.version,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "account": entry.account_id,
        "actor": entry.actor,
        "act": entry.act,
        "kind": entry.object_kind,
        "key": entry.object_key,
        "detail": entry.detail,
        "address": entry.address,
        "request": entry.request_id,
        "session": entry.session_id,
        "device": entry.device,
        "previous": entry.previous_hash.hex(),
    }
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """``before`` and ``after`` of the fields that differ, as an entry's detail says them."""
    differ = [name for name in after if before.get(name) != after[name]]
    return {
        "before": {name: before.get(name) for name in differ},
        "after": {name: after[name] for name in differ},
    }


def _unsealed(session: Session) -> list[tuple[AuditEntry, SessionTransaction | None]]:
    """What was recorded since the last commit, each with the savepoint that it was recorded in."""
    found: list[tuple[AuditEntry, SessionTransaction | None]] = session.info.setdefault(
        _UNSEALED, []
    )
    return found


@event.listens_for(db.session, "before_commit")
def _seal(session: Session) -> None:
    """Give the entries of this transaction their places, when all else of it is written."""
    unsealed = _unsealed(session)
    if not unsealed or session.get_nested_transaction() is not None:
        return
    session.flush()
    entries = [entry for entry, _ in unsealed]
    unsealed.clear()
    _chain(session.execute(_the_head()).scalar_one(), entries)
    session.add_all(entries)


def _the_head() -> Any:
    found = select(AuditHead).where(AuditHead.id == 1)
    return found.with_for_update().execution_options(populate_existing=True)


def _chain(last: AuditHead, entries: Sequence[AuditEntry]) -> None:
    for entry in entries:
        entry.number, entry.previous_hash = last.number + 1, last.hash
        entry.hash = entry_hash(entry)
        last.number, last.hash = entry.number, entry.hash


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What was undone was not done: of a savepoint its own entries, else all."""
    kept = [one for one in _unsealed(session) if undone.nested and one[1] is not undone]
    session.info[_UNSEALED] = kept
