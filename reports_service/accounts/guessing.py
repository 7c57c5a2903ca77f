"""Counting failed attempts, so that guessing is slow and keeps nobody else out.

Each attempt is counted before it is looked at, so that a hundred at once count as a hundred; one
that succeeds is taken back. The counts lie in the database: they outlive a restart, every process
shares them, and there is nothing else that could be away. How long is waited says
``domain.lockout``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from sqlalchemy import and_, case, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from reports_service.accounts.models import Account, Guesses, KnownPlace
from reports_service.core import clock, keys
from reports_service.core.db import db, unit_of_work
from reports_service.domain import lockout
from reports_service.domain.errors import TooMany
from reports_service.domain.lockout import Allowance

PLACES_KEPT: Final = timedelta(days=365)
ADDRESSES_KEPT: Final = timedelta(days=30)  # they go from hand to hand


class TriedTooOften(TooMany):
    """Too many attempts failed; the next one is looked at only after a while."""

    code = "tried_too_often"


@dataclass(frozen=True)
class Visit:
    """Who stands at the door. ``device``: a number that only this device knows; ``address``: as in
    ``core.addresses``. The rest is for the owner to recognise the visit by.
    """

    device: str | None = None
    address: str = ""
    address_prefix: str = ""
    browser: str = ""
    system: str = ""


Counts = Mapping[bytes, Allowance]


@dataclass(frozen=True)
class Attempt:
    """One that was counted. ``own``: what only this visitor uses up; ``shared``: with others."""

    own: Counts
    shared: Counts


def begin(email: str, visit: Visit) -> Attempt:
    """Count an attempt at an account, whether there is one or not, before it is looked at.

    Durable on return. Raises ``TriedTooOften``.
    """
    email = email.strip().lower()
    attempt = _attempt(email, visit)
    count({**attempt.own, **attempt.shared})
    return attempt


def count(counts: Counts) -> None:
    """Count one more for each of these, durably, or raise ``TriedTooOften`` and count none."""
    now = clock.now()
    with unit_of_work():
        waiting = [_count_one(who, counts[who], now) for who in sorted(counts)]
        longest = max(filter(None, waiting), default=None)
        if longest is not None:
            seconds = max(1, ceil((longest - now).total_seconds()))
            raise TriedTooOften(seconds=seconds, retry_after_s=seconds)


def is_met_first(email: str, visit: Visit) -> bool:
    """Whether this visitor is the first to be refused by a wait that holds now; it is asked once
    of each, durably. What was written down is known by ``last_at``, which lies at the wait's end.
    """
    attempt, now = _attempt(email.strip().lower(), visit), clock.now()
    new = and_(
        Guesses.who.in_([*attempt.own, *attempt.shared]),
        Guesses.wait_until > now,
        Guesses.last_at < Guesses.wait_until,
    )
    if not db.session.scalar(select(exists().where(new))):
        return False  # by far the most: they write nothing
    with unit_of_work():
        met = update(Guesses).where(new).values(last_at=Guesses.wait_until).returning(Guesses.who)
        found = db.session.scalars(met.execution_options(synchronize_session=False)).all()
        return bool(found)


def succeeded(attempt: Attempt) -> None:
    """Take back an attempt that was none at guessing. The visitor's own failures are forgotten;
    what is shared loses this one alone, or who has an account could clear it for others.
    """
    now = clock.now()
    db.session.execute(delete(Guesses).where(Guesses.who.in_(list(attempt.own))))
    db.session.execute(
        update(Guesses)
        .where(Guesses.who.in_(list(attempt.shared)), Guesses.failures > 0)
        .values(failures=Guesses.failures - 1, wait_until=now)
        .execution_options(synchronize_session=False)
    )


def remember(account_id: int, visit: Visit) -> None:
    """From now on this device and this address are known to the account."""
    now = clock.now()
    for place in _places(visit).values():
        row = {"account_id": account_id, "place": place, "seen_at": now}
        statement = _insert(KnownPlace).values(**row)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["account_id", "place"], set_={"seen_at": now}
            )
        )


def forget_places(account_id: int) -> None:
    """The account knows no device and no address any more."""
    db.session.execute(delete(KnownPlace).where(KnownPlace.account_id == account_id))


def forget_old() -> None:
    """Delete counts that no longer count, and places that were not seen for a year."""
    now = clock.now()
    with unit_of_work():
        db.session.execute(delete(Guesses).where(Guesses.last_at < now - lockout.FORGOTTEN_AFTER))
        db.session.execute(delete(KnownPlace).where(KnownPlace.seen_at < now - PLACES_KEPT))


def of(*parts: str) -> bytes:
    """Who it is, as a keyed hash."""
    return keys.keyed_hash(keys.GUESSES, "\x1f".join(parts).encode())


def _attempt(email: str, visit: Visit) -> Attempt:
    everybody = {of("address", visit.address): lockout.ADDRESS}
    if visit.device and _knows(email, "device", visit, PLACES_KEPT):
        return Attempt({of("own", email, "device", visit.device): lockout.KNOWN}, {})
    if _knows(email, "address", visit, ADDRESSES_KEPT):
        return Attempt({of("own", email, "address", visit.address): lockout.KNOWN}, everybody)
    return Attempt(
        {of("stranger", email, visit.address): lockout.STRANGER},
        {of("strangers", email): lockout.ALL_STRANGERS, **everybody},
    )


def _places(visit: Visit) -> dict[str, bytes]:
    said = {"device": visit.device, "address": visit.address}
    return {
        kind: keys.lasting_hash(keys.KNOWN_PLACES, f"{kind}\x1f{value}".encode())
        for kind, value in said.items()
        if value
    }


def _knows(email: str, kind: str, visit: Visit, lately: timedelta) -> bool:
    """Asked the same way where there is no such account: the answer must take as long."""
    place = _places(visit).get(kind, b"")
    found = exists().where(
        KnownPlace.account_id == Account.id,
        KnownPlace.place == place,
        KnownPlace.seen_at > clock.now() - lately,
        Account.email == email,
    )
    return bool(db.session.scalar(select(found)))


def _count_one(who: bytes, allowance: Allowance, now: datetime) -> datetime | None:
    """Count one more, unless it must wait: then until when. Others who count the same wait for
    this transaction to end.
    """
    first = {"who": who, "failures": 1, "last_at": now, "wait_until": now}
    again = case((Guesses.last_at < now - lockout.FORGOTTEN_AFTER, 1), else_=Guesses.failures + 1)
    counted = db.session.scalar(
        _insert(Guesses)
        .values(**first)
        .on_conflict_do_update(
            index_elements=["who"],
            set_={"failures": again, "last_at": now},
            where=Guesses.wait_until <= now,
        )
        .returning(Guesses.failures)
    )
    of_this = Guesses.who == who
    if counted is None:
        return db.session.scalar(select(Guesses.wait_until).where(of_this))
    wait = allowance.wait_after(counted)
    if wait:
        db.session.execute(update(Guesses).where(of_this).values(wait_until=now + wait))
    return None


def _insert(model: type[Guesses] | type[KnownPlace]) -> Any:
    on_postgresql = db.session.connection().dialect.name == "postgresql"
    return postgresql.insert(model) if on_postgresql else sqlite.insert(model)
