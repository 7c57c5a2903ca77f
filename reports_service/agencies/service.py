"""Agencies: found, added, changed, ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from reports_service.agencies.models import Agency, AgencyKind
from reports_service.core import audit, clock, endings, reference
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, NotFound

REFERENCE = "agencies"
_objections: list[Callable[[Agency], None]] = []


class AgencyUnknown(NotFound):
    """No agency has this code."""

    code = "agency_unknown"


class AgencyExists(Conflict):
    """The code is taken, perhaps by an agency that has ended."""

    code = "agency_exists"


class CentreMissing(Conflict):
    """A deployment without a centre has nobody for what no rule fits."""

    code = "centre_missing"


class CentreNeeded(Conflict):
    """The centre holds whatever nobody else holds; it cannot end."""

    code = "centre_needed"


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """An agency as other answers name it."""

    id: int
    code: str
    names: Mapping[str, str]
    kind: str
    ended_at: datetime | None


def every(kind: str | None = None) -> Sequence[AgencyFacts]:
    """All agencies, ended or not, or those of a kind; by kind and code."""
    found = _facts().order_by(Agency.kind, Agency.code)
    if kind is not None:
        found = found.where(Agency.kind == kind)
    return [AgencyFacts(*row) for row in db.session.execute(found)]


def known(agency_id: int) -> AgencyFacts | Agency:
    """The agency with this id, ended or not, from memory; one added this second from its row."""
    return BOOK.current().get(agency_id) or db.session.get_one(Agency, agency_id)


def listing() -> Select[Agency]:
    """All agencies that have not ended."""
    return select(Agency).where(or_(Agency.ended_at.is_(None), Agency.ended_at > clock.now()))


def by_code(code: str) -> Agency:
    """The agency with this code, ended or not. Raises ``AgencyUnknown``."""
    agency = db.session.scalar(select(Agency).where(Agency.code == code))
    if agency is None:
        raise AgencyUnknown(field="agency", agency=code)
    return agency


def active(code: str) -> Agency:
    """The agency with this code that can still be given work. Raises ``AgencyUnknown``."""
    agency = by_code(code)
    if agency.ended_at is not None and agency.ended_at <= clock.now():
        raise AgencyUnknown(field="agency", agency=code)
    return agency


def add(actor: Actor, values: Mapping[str, Any]) -> Agency:
    """A new agency. Raises ``AgencyExists``."""
    if db.session.scalar(select(Agency.id).where(Agency.code == values["code"])):
        raise AgencyExists(agency=values["code"])
    agency = Agency(created_at=clock.now(), **values)
    db.session.add(agency)
    audit.record(actor, "added", "agency", agency.code, **values)
    _changed()
    return agency


def change(actor: Actor, code: str, values: Mapping[str, Any]) -> Agency:
    """New names, mailbox, phone or kind; the code stays. Raises ``AgencyUnknown``."""
    agency = by_code(code)
    before = {name: getattr(agency, name) for name in values}
    for name, value in values.items():
        setattr(agency, name, value)
    audit.record(actor, "changed", "agency", code, before=before, after=dict(values))
    _changed()
    return agency


def objects_to_ending(check: Callable[[Agency], None]) -> Callable[[Agency], None]:
    """Name a function that refuses the end of an agency which is still needed further up."""
    _objections.append(check)
    return check


def end(actor: Actor, code: str, at: datetime | None = None) -> Agency:
    """End an agency: it gets nothing new, and its history stays.

    Raises ``CentreNeeded``, and what others object to an end now: open reports that it holds. An
    end that lies ahead is a plan, and leaves time to hand them over.
    """
    agency = by_code(code)
    if agency.kind == AgencyKind.CENTRE:
        raise CentreNeeded(agency=code)
    agency.ended_at = at or clock.now()
    for check in _objections if agency.ended_at <= clock.now() else ():
        check(agency)
    audit.record(actor, "ended", "agency", code, at=agency.ended_at.isoformat())
    _changed()
    return agency


def bring_back(actor: Actor, code: str) -> Agency:
    """Take an end back: it can be given work again. Raises ``AgencyUnknown``, ``HasNotEnded``."""
    agency = by_code(code)
    endings.take_back(actor, "agency", agency, code)
    _changed()
    return agency


def centre() -> Agency:
    """The 1022 centre, which holds every report that no other agency holds.

    Raises ``CentreMissing`` while a deployment is being set up.
    """
    found = db.session.scalar(select(Agency).where(Agency.kind == AgencyKind.CENTRE))
    if found is None:
        raise CentreMissing()
    return found


def _changed() -> None:
    db.session.flush()
    reference.changed(REFERENCE)


def _load() -> dict[int, AgencyFacts]:
    return {row.id: AgencyFacts(*row) for row in db.session.execute(_facts())}


def _facts() -> Select[int, str, dict[str, str], str, datetime | None]:
    return select(Agency.id, Agency.code, Agency.names, Agency.kind, Agency.ended_at)


BOOK = reference.Snapshot(REFERENCE, load=_load)
