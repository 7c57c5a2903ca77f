"""Filing: a citizen's report is placed, routed, timed and made durable, exactly once.

Everything that is slow happens before the unit of work: pictures are stored and the place, the
agency and the dates are found in memory. Inside it nothing is waited for but the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from reports_service.areas import service as areas
from reports_service.areas.index import Place
from reports_service.attachments.intake import TakenIn
from reports_service.categories import service as categories
from reports_service.categories.models import Visibility
from reports_service.categories.service import CategoryFacts
from reports_service.core import clock, rows
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import Model, db
from reports_service.domain.channels import Channel
from reports_service.domain.errors import Invalid
from reports_service.domain.lifecycle import Status
from reports_service.domain.masking import mask_people
from reports_service.domain.retention import UNSORTED_DAYS
from reports_service.domain.roles import Party, party_of
from reports_service.reports import chain, codes, holding, identity, logged
from reports_service.reports.idempotency import filed_before
from reports_service.reports.models import Assignment, Event, Report
from reports_service.reports.pictures import attach_all
from reports_service.reports.recurrence import link_recurrence
from reports_service.reports.search import searchable
from reports_service.routing import service as routing
from reports_service.routing.service import Decision
from reports_service.sla import service as sla


class NothingSaid(Invalid):
    """Neither words nor a picture."""

    code = "nothing_said"


class PlaceMissing(Invalid):
    """Neither a point nor an area."""

    code = "place_missing"


class CategoryUnknown(Invalid):
    """No category ever had this code."""

    code = "category_unknown_at_filing"


@dataclass(frozen=True)
class Filing:
    """What was sent, decoded: see ``FilingSchema`` for the fields."""

    channel: str = Channel.WEB
    language: str = "vi"
    category: str | None = None
    lat: float | None = None
    lon: float | None = None
    area: str | None = None
    address: str = ""
    description: str = ""
    reporter: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    pictures: Sequence[TakenIn] = ()
    key: str | None = None
    fingerprint: bytes | None = None


@dataclass(frozen=True)
class Placed:
    """Where a report lies: ``fit`` is inside, near, outside (for the operator) or named."""

    fit: str
    area: Place | None


def file(filing: Filing, actor: Actor) -> tuple[Report, bool]:
    """File a report inside the caller's unit of work. Returns it, and that it is a new one.

    Raises ``NothingSaid``, ``PlaceMissing``, ``CategoryUnknown``, ``PointOutside``,
    ``AreaUnknown``, ``ConsentNeeded`` and what is wrong with answers. An IntegrityError means that
    the key was used before, perhaps at this very moment: then ``find_or_file``.
    """
    _require_enough(filing)
    category = _category(filing.category)
    answers = categories.answers_snapshot(category, filing.answers) if category else []
    placed = _place(filing)
    decision = _route(filing, category, placed)
    report = _report(filing, category, placed, decision, answers, clock.now())
    report.filed_by_id = actor.account_id
    # Asks the database, so it comes before anything is to be written.
    recurs = link_recurrence(report)
    report.reporter = identity.reporter_of(filing.reporter, filing.language)
    assignment = holding.open_assignment(
        report,
        decision.agency_id,
        report.created_at,
        reason=decision.reason,
        triage=report.status == Status.NEW,
    )
    filed = chain.compose(
        report,
        "filed",
        at=report.created_at,
        by=Party.SYSTEM if actor.system else party_of(actor.role, holds=False, owns=True),
        account_id=actor.account_id,
        agency_id=decision.agency_id,
        facts={**_facts(report, category, placed, recurs), **holding.facts(assignment)},
        words={
            "description": filing.description,
            "address": filing.address,
            "answers": orjson.dumps(answers).decode() if answers else "",
        },
    )
    _write(report, assignment, filed)
    attach_all(report, filing.pictures)
    logged.log_act(actor, filed)
    return report, True


def find_or_file(filing: Filing, actor: Actor) -> tuple[Report, bool]:
    """The report that this key filed already, else a new one; and whether it is new.

    Nearly every filing is the first with its key, so ``file`` does not look: the database refuses
    a second one. What was filed once is also found when it could not be filed any more today.
    Raises ``KeyReused`` besides.
    """
    before = filed_before(filing.key, filing.fingerprint) if filing.fingerprint else None
    return (before, False) if before is not None else file(filing, actor)


def _write(report: Report, assignment: Assignment, filed: Event) -> None:
    """The new rows, each after those that it names, and whom to tell of them."""
    reporters = [report.reporter] if report.reporter else []
    told, counted = chain.announcement(), chain.counting()
    new: list[Model] = [*reporters, report, assignment, *assignment.clocks, filed, told, counted]
    rows.number(new)
    told.payload, counted.payload = {"event_id": filed.id}, {"report_id": report.id}
    report.reporter_id = report.reporter.id if report.reporter else None
    assignment.report_id = filed.report_id = report.id
    for clock_row in assignment.clocks:
        clock_row.assignment_id = assignment.id
    if filed.words:
        filed.words.event_id = filed.id
        new.append(filed.words)
    rows.insert_all(new)
    db.session.add(report)


def _require_enough(filing: Filing) -> None:
    if not filing.description and not filing.pictures:
        raise NothingSaid(field="description")
    if filing.lat is None and filing.area is None:
        raise PlaceMissing(field="location")


def _category(code: str | None) -> CategoryFacts | None:
    """The category; None for one that has ended: a draft lay offline, the operator will see."""
    if code is None:
        return None
    category = categories.book().by_code(code)
    if category is None:
        raise CategoryUnknown(field="category", category=code)
    ended = category.ended_at is not None and category.ended_at <= clock.now()
    return None if ended else category


def _place(filing: Filing) -> Placed:
    if filing.lat is None or filing.lon is None:
        return Placed("named", named(areas.place, filing.area or "", field="area"))
    located = areas.locate(filing.lat, filing.lon)
    return Placed(located.kind, None if located.kind == "outside" else located.area)


def _route(filing: Filing, category: CategoryFacts | None, placed: Placed) -> Decision:
    return routing.decide(
        category_id=category.id if category else None,
        area_id=placed.area.id if placed.area else None,
        text=filing.description,
        answers=filing.answers,
    )


def _report(
    filing: Filing,
    category: CategoryFacts | None,
    placed: Placed,
    decision: Decision,
    answers: list[dict[str, Any]],
    now: datetime,
) -> Report:
    status = Status.NEW if decision.to_centre else Status.ASSIGNED
    priority = decision.priority or (category.priority if category else "normal")
    category_id = category.id if category else None
    area_id = placed.area.id if placed.area else None
    policy = sla.policy_for(
        category_id=category_id, agency_id=decision.agency_id, priority=priority
    )
    kept_for = timedelta(days=category.retention_days if category else UNSORTED_DAYS)
    report = rows.new(
        Report,
        code=codes.new_code(),
        idempotency_key=filing.key,
        fingerprint=filing.fingerprint,
        token_generation=1,
        status=status,
        is_open=True,
        status_since=now,
        priority=priority,
        channel=filing.channel,
        language=filing.language,
        restricted=category is not None and category.visibility == Visibility.RESTRICTED,
        category_id=category_id,
        suggested_category_id=None if category else _suggested(filing),
        answers=answers,
        lat=filing.lat,
        lon=filing.lon,
        filed_lat=filing.lat,
        filed_lon=filing.lon,
        area_id=area_id,
        area_at_filing_id=area_id,
        place_fit=placed.fit,
        description=filing.description,
        public_description=mask_people(filing.description),
        address=filing.address,
        search_text=searchable(filing.description, filing.address),
        recurrence_number=1,
        followers_count=0,
        questions_asked=0,
        promised_by=policy.resolve.due(now, sla.calendar()),
        created_at=now,
        updated_at=now,
        retained_until=(now + kept_for).date(),
        anonymised_at=None,
        event_seq=0,
        event_head=chain.GENESIS,
    )
    report.assignments, report.events, report.photos = [], [], []
    return report


def _suggested(filing: Filing) -> int | None:
    found = categories.suggest(filing.description, filing.language, limit=1)
    return found[0].category.id if found else None


def _facts(
    report: Report, category: CategoryFacts | None, placed: Placed, recurs: str | None
) -> dict[str, Any]:
    return {
        "category": category.code if category else None,
        "area": placed.area.code if placed.area else None,
        "place_fit": placed.fit,
        "lat": report.lat,
        "lon": report.lon,
        "channel": report.channel,
        "priority": report.priority,
        "restricted": report.restricted,
        "promised_by": report.promised_by.isoformat(),
        "recurrence_number": report.recurrence_number,
        "recurrence_of": recurs,
    }
