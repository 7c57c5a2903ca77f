"""Absences and deputies: who is away from when to when, and who works in their place.

An absence ends by itself: nothing is switched on or off, the time is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, or_, select

from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.core import audit, clock
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from reports_service.domain.roles import Permission, Role
from reports_service.sla import service as sla
from reports_service.teamwork.models import Absence

AT_WORK = frozenset({Role.OPERATOR, Role.OFFICER, Role.HEAD})
LONGEST = timedelta(days=366)
AHEAD_MOST = timedelta(days=2 * 366)
LAST_MOMENT = timedelta(microseconds=1)


class AbsenceUnknown(NotFound):
    """There is no such absence, or it is not this actor's to see."""

    code = "absence_unknown"


class AbsenceNotYours(NotAllowed):
    """Everybody sets their own absence, a head those of the agency."""

    code = "absence_not_yours"


class DaysWrong(Invalid):
    """From the first to the last day, not over already, at most a year, begun within two."""

    code = "absence_days_wrong"


class AbsenceOverlaps(Conflict):
    """The account is away then already."""

    code = "absence_overlaps"


class DeputyElsewhere(Invalid):
    """A deputy is a colleague at work in the same agency."""

    code = "deputy_elsewhere"


class DeputyAway(Conflict):
    """The deputy is away then too."""

    code = "deputy_away"


def set_absence(
    actor: Actor,
    account_email: str,
    first_day: date,
    last_day: date,
    deputy_email: str,
    reason: str = "",
) -> Absence:
    """An account is away on these local days, both included; its deputy gets the new work.

    Raises ``CodeUnknown``, ``AbsenceNotYours``, ``DaysWrong``, ``AbsenceOverlaps``,
    ``DeputyElsewhere``, ``DeputyAway``.
    """
    account = named(accounts.by_email, account_email, field="account")
    _require_setter(actor, account)
    starts_at, ends_at = _span(first_day, last_day)
    deputy = named(accounts.by_email, deputy_email, field="deputy")
    _require_deputy(account, deputy, starts_at, ends_at)
    absence = Absence(
        account=account,
        deputy=deputy,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        set_by_id=actor.account_id,
        set_at=clock.now(),
    )
    db.session.add(absence)
    db.session.flush()
    days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    audit.record(actor, "added", "absence", account.email, deputy=deputy.email, **days)
    return absence


def end(actor: Actor, absence_id: int) -> Absence:
    """Back earlier than said; one that has not begun is taken away. Raises ``AbsenceUnknown``."""
    absence = db.session.scalar(_to_come().where(Absence.id == absence_id))
    if absence is None or not _may_set(actor, absence.account):
        raise AbsenceUnknown()
    now = clock.now()
    if absence.starts_at >= now:
        db.session.delete(absence)
    absence.ends_at = now
    audit.record(actor, "ended", "absence", absence.account.email, at=now.isoformat())
    db.session.flush()
    return absence


def first_day(absence: Absence) -> date:
    """The first local day of it."""
    return absence.starts_at.astimezone(sla.zone()).date()


def last_day(absence: Absence) -> date:
    """The last local day of it."""
    return (absence.ends_at - LAST_MOMENT).astimezone(sla.zone()).date()


def for_actor(actor: Actor) -> Sequence[Absence]:
    """Now and to come: of all whose absences this actor may set, an agency's for its head."""
    if actor.may(Permission.ADMINISTER):
        return db.session.scalars(_to_come().order_by(Absence.starts_at, Absence.id)).all()
    if actor.may(Permission.LEAD_TEAM) and actor.agency_id:
        return of_agency(actor.agency_id)
    return of_account(actor.account_id or 0)


def of_agency(agency_id: int) -> Sequence[Absence]:
    """Who of an agency is away, now and to come."""
    staff = select(Account.id).where(Account.agency_id == agency_id)
    away = _to_come().where(Absence.account_id.in_(staff))
    return db.session.scalars(away.order_by(Absence.starts_at, Absence.id)).all()


def of_account(account_id: int) -> Sequence[Absence]:
    """When somebody is away, now and to come."""
    away = _to_come().where(Absence.account_id == account_id)
    return db.session.scalars(away.order_by(Absence.starts_at, Absence.id)).all()


def now_absent(account_ids: Iterable[int]) -> dict[int, Absence]:
    """The absence of each of these accounts that is away now."""
    ids = list(account_ids)
    if not ids:
        return {}
    found = db.session.scalars(_at(clock.now()).where(Absence.account_id.in_(ids)))
    return {absence.account_id: absence for absence in found}


def away_in(agency_id: int) -> dict[int, Absence]:
    """The absence of each account of an agency that is away now."""
    staff = select(Account.id).where(Account.agency_id == agency_id)
    found = db.session.scalars(_at(clock.now()).where(Absence.account_id.in_(staff)))
    return {absence.account_id: absence for absence in found}


def deputies_for(actor: Actor, account_email: str) -> Sequence[Account]:
    """Who could work in this account's place. Raises ``CodeUnknown``, ``AbsenceNotYours``."""
    account = named(accounts.by_email, account_email, field="account")
    _require_setter(actor, account)
    colleagues = _staff(account.agency_id).where(Account.id != account.id)
    return db.session.scalars(colleagues.order_by(Account.name, Account.id)).all()


def in_place_of(account_id: int, at: datetime) -> int:
    """Who gets the new work of an account: itself, or who stands in for it at ``at``.

    A deputy who is away hands on to theirs; where nobody is left, it stays with the first.
    """
    agency = select(Account.agency_id).where(Account.id == account_id).scalar_subquery()
    with db.session.no_autoflush:
        away = _deputies(Account.agency_id == agency, at)
    return _standing_in(account_id, {absent: deputy.id for absent, deputy in away.items()})


def with_deputies(staff: Sequence[Account]) -> list[Account]:
    """These accounts and, after each who is away, who works in their place."""
    if not staff:
        return []
    agency_ids = {one.agency_id for one in staff} - {None}
    away = _deputies(Account.agency_id.in_(agency_ids), clock.now())
    deputies = {absent: deputy.id for absent, deputy in away.items()}
    people = {deputy.id: deputy for deputy in away.values()} | {one.id: one for one in staff}
    both = (one_id for one in staff for one_id in (one.id, _standing_in(one.id, deputies)))
    return [people[one_id] for one_id in dict.fromkeys(both)]


def _standing_in(account_id: int, deputies: Mapping[int, int]) -> int:
    here, passed = account_id, {account_id}
    while here in deputies:
        here = deputies[here]
        if here in passed:
            return account_id
        passed.add(here)
    return here


def _deputies(of_agency: ColumnElement[bool], at: datetime) -> dict[int, Account]:
    """Who stands in for whom among the staff of an agency; not those who left it meanwhile."""
    staff = select(Account.id).where(of_agency)
    found = db.session.scalars(_at(at).where(Absence.account_id.in_(staff)))
    return {one.account_id: one.deputy for one in found if _serves(one, at)}


def _serves(absence: Absence, at: datetime) -> bool:
    deputy = absence.deputy
    left = deputy.ended_at is not None and deputy.ended_at <= at
    return not left and deputy.agency_id == absence.account.agency_id


def _at(at: datetime) -> Select[Absence]:
    return select(Absence).where(Absence.starts_at <= at, Absence.ends_at > at)


def _to_come() -> Select[Absence]:
    return select(Absence).where(Absence.ends_at > clock.now())


def _staff(agency_id: int | None) -> Select[Account]:
    """Who works in an agency and has not left it."""
    active = or_(Account.ended_at.is_(None), Account.ended_at > clock.now())
    return select(Account).where(
        Account.agency_id == agency_id, Account.role.in_(sorted(AT_WORK)), active
    )


def _may_set(actor: Actor, account: Account) -> bool:
    if actor.account_id == account.id or actor.may(Permission.ADMINISTER):
        return True
    same = actor.agency_id is not None and actor.agency_id == account.agency_id
    return same and actor.may(Permission.LEAD_TEAM)


def _require_setter(actor: Actor, account: Account) -> None:
    if not _may_set(actor, account) or account.role not in AT_WORK:
        raise AbsenceNotYours(account=account.email)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """[midnight of the first day, midnight after the last). Raises ``DaysWrong``."""
    zone = sla.zone()
    today = clock.now().astimezone(zone).date()
    soon = today <= last <= today + AHEAD_MOST
    if not soon or not timedelta() <= last - first <= LONGEST:
        raise DaysWrong(field="last_day", first=first.strftime("%d/%m/%Y"))
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def _require_deputy(
    account: Account, deputy: Account, starts_at: datetime, ends_at: datetime
) -> None:
    colleague = deputy.agency_id is not None and deputy.agency_id == account.agency_id
    if deputy.id == account.id or not colleague or deputy.role not in AT_WORK or deputy.ended_at:
        raise DeputyElsewhere(field="deputy", deputy=deputy.name)
    if _any_between(account, starts_at, ends_at):
        raise AbsenceOverlaps(account=account.name)
    if _any_between(deputy, starts_at, ends_at):
        raise DeputyAway(deputy=deputy.name)


def _any_between(account: Account, starts_at: datetime, ends_at: datetime) -> bool:
    overlaps: ColumnElement[bool] = (Absence.starts_at < ends_at) & (Absence.ends_at > starts_at)
    away = select(Absence.id).where(Absence.account_id == account.id, overlaps).limit(1)
    return db.session.scalar(away) is not None
