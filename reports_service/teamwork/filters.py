"""Saved filters of the queue: a name for a query string, one's own or shown to the agency too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from marshmallow import ValidationError
from sqlalchemy import ColumnElement, Select, false, func, or_, select

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import AsSent, Conflict, Invalid, NotFound
from reports_service.domain.roles import Permission
from reports_service.reports.queue_requests import QueueFilters
from reports_service.teamwork.models import QueueFilter as Row

MOST = 20
SHARED_SHOWN = 50
LONGEST_QUERY = 1000


class FilterUnknown(NotFound):
    """There is no such filter, or it is somebody else's."""

    code = "filter_unknown"


class FiltersFull(Conflict):
    """Nobody finds anything in more than a few."""

    code = "filters_full"


class FilterQueryWrong(Invalid):
    """The query string asks the queue for what it does not know."""

    code = "filter_query_wrong"


class FilterOrderWrong(Invalid):
    """The order names each of one's own filters once."""

    code = "filter_order_wrong"


@dataclass(frozen=True)
class QueueFilter:
    """A saved filter as one of its readers sees it."""

    id: int
    name: str
    query: str
    shared: bool
    mine: bool


def listing(actor: Actor) -> list[QueueFilter]:
    """One's own in one's own order, then what colleagues share, by name."""
    own = db.session.scalars(_own(actor)).all()
    of_others = (
        select(Row)
        .where(Row.agency_id == (actor.agency_id or 0), Row.account_id != (actor.account_id or 0))
        .order_by(Row.name, Row.id)
        .limit(SHARED_SHOWN)
    )
    return [_shown(row, actor) for row in (*own, *db.session.scalars(of_others))]


def save(actor: Actor, name: str, query: str, shared: bool = False) -> QueueFilter:
    """A new filter, after those there are. Raises ``FiltersFull``, ``FilterQueryWrong``."""
    count, last = db.session.execute(
        select(func.count(Row.id), func.max(Row.position)).where(_is_own(actor))
    ).one()
    if count >= MOST:
        raise FiltersFull(most=MOST)
    assert actor.account_id is not None
    row = Row(
        account_id=actor.account_id,
        agency_id=actor.agency_id if shared else None,
        name=name,
        query=checked(query),
        position=(last or 0) + 1,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return _shown(row, actor)


def change(
    actor: Actor,
    filter_id: int,
    *,
    name: str | None = None,
    query: str | None = None,
    shared: bool | None = None,
) -> QueueFilter:
    """Another name or query, or shared or not. Raises ``FilterUnknown``, ``FilterQueryWrong``."""
    row = _one(actor, filter_id)
    row.name = name or row.name
    row.query = row.query if query is None else checked(query)
    if shared is not None:
        row.agency_id = actor.agency_id if shared else None
    db.session.flush()
    return _shown(row, actor)


def drop(actor: Actor, filter_id: int) -> None:
    """Delete one's own filter; a head also a shared one of the agency. Raises ``FilterUnknown``."""
    db.session.delete(_one(actor, filter_id))
    db.session.flush()


def order(actor: Actor, filter_ids: Sequence[int]) -> list[QueueFilter]:
    """Put one's own filters into this order, which names each once. Raises ``FilterOrderWrong``."""
    own = {row.id: row for row in db.session.scalars(_own(actor))}
    if sorted(own) != sorted(filter_ids):
        raise FilterOrderWrong(field="ids")
    for place, filter_id in enumerate(filter_ids, start=1):
        own[filter_id].position = place
    db.session.flush()
    return listing(actor)


def checked(query: str) -> str:
    """The query string as it is kept: only what the queue knows, each once.

    Raises ``FilterQueryWrong``.
    """
    pairs = parse_qsl(query.strip().removeprefix("?"), keep_blank_values=False)
    given = dict(pairs)
    try:
        QueueFilters().load(given)
    except ValidationError as wrong:
        raise _wrong(wrong.normalized_messages()) from wrong
    kept = urlencode(sorted(given.items()))
    if len(given) != len(pairs) or len(kept) > LONGEST_QUERY:
        raise _wrong([name for name, _ in pairs])
    return kept


def _wrong(names: Sequence[str] | dict[str, object]) -> FilterQueryWrong:
    blamed = ", ".join(dict.fromkeys(str(name)[:40] for name in names))
    return FilterQueryWrong(field="query", names=AsSent(blamed[:200]))


def _one(actor: Actor, filter_id: int) -> Row:
    led = Row.agency_id == (actor.agency_id or 0) if actor.may(Permission.LEAD_TEAM) else false()
    row = db.session.scalar(select(Row).where(Row.id == filter_id, or_(_is_own(actor), led)))
    if row is None:
        raise FilterUnknown()
    return row


def _own(actor: Actor) -> Select[Row]:
    return select(Row).where(_is_own(actor)).order_by(Row.position, Row.id)


def _is_own(actor: Actor) -> ColumnElement[bool]:
    return Row.account_id == (actor.account_id or 0)


def _shown(row: Row, actor: Actor) -> QueueFilter:
    return QueueFilter(
        id=row.id,
        name=row.name,
        query=row.query,
        shared=row.agency_id is not None,
        mine=row.account_id == actor.account_id,
    )
