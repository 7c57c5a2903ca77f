"""Who has a report open now. Kept in Redis alone, and for a minute.

It is written with every heartbeat of every open page, and worth nothing a minute later: in the
database it would take the one writer's turn on SQLite and leave dead rows on PostgreSQL; in Redis
it ends by itself. Redis may be away, as for the wake-ups: then nobody is shown, nothing fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from redis import Redis
from sqlalchemy import select

from reports_service.accounts.models import Account
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.queue import Waker
from reports_service.reports.models import Report

SEEN_FOR = timedelta(seconds=60)
SHOWN_MOST = 20
_KEY = "reports:open:{report_id}"
_OTHERWISE = "who has a report open is not shown"


@dataclass(frozen=True)
class Present:
    """Somebody who has the report open, since when."""

    account_id: int
    name: str
    since: datetime


class _Stay(NamedTuple):
    """Seconds since 1970: opened, and last said to be open."""

    since: float
    last: float


_Seen = Mapping[str, _Stay]  # by account id


def here(actor: Actor, report: Report, waker: Waker) -> list[Present]:
    """The actor has the report open (say so every 25 seconds). Returns the others."""
    own, now, key = str(actor.account_id or 0), _seconds(), _key(report)

    def beat(redis: Redis) -> _Seen:
        seen, gone = _read(redis, key, now)
        since = seen[own].since if own in seen else now
        talk = redis.pipeline(transaction=False)
        if gone:
            talk.hdel(key, *gone)
        talk.hset(key, own, f"{since} {now}")
        talk.expire(key, SEEN_FOR)
        talk.execute()
        return seen

    return _others(actor, waker.ask(beat, _OTHERWISE))


def others(actor: Actor, report: Report, waker: Waker) -> list[Present]:
    """Who else has the report open, without saying that the actor has."""
    key, now = _key(report), _seconds()
    return _others(actor, waker.ask(lambda redis: _read(redis, key, now)[0], _OTHERWISE))


def leave(actor: Actor, report: Report, waker: Waker) -> None:
    """The actor has closed the report."""
    own, key = str(actor.account_id or 0), _key(report)
    waker.ask(lambda redis: redis.hdel(key, own), _OTHERWISE)


def _read(redis: Redis, key: str, now: float) -> tuple[_Seen, list[str]]:
    """Who was seen less than ``SEEN_FOR`` ago, and who was seen longer ago."""
    kept: Any = redis.hgetall(key)
    said = {account.decode(): _Stay(*map(float, text.split())) for account, text in kept.items()}
    oldest = now - SEEN_FOR.total_seconds()
    seen = {account: stay for account, stay in said.items() if stay.last > oldest}
    return seen, [account for account in said if account not in seen]


def _others(actor: Actor, seen: _Seen | None) -> list[Present]:
    stays = {int(account): stay for account, stay in (seen or {}).items()}
    stays.pop(actor.account_id or 0, None)
    names = _names(list(stays)[:SHOWN_MOST])
    present = [
        Present(account_id, name, datetime.fromtimestamp(stays[account_id].since, UTC))
        for account_id, name in names.items()
    ]
    return sorted(present, key=lambda one: (one.since, one.account_id))


def _names(ids: list[int]) -> Mapping[int, str]:
    if not ids:
        return {}
    found = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in found}


def _key(report: Report) -> str:
    return _KEY.format(report_id=report.id)


def _seconds() -> float:
    return clock.now().timestamp()
