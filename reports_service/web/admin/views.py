"""/admin: what administrators keep."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import marshmallow as ma
from flask import request
from sqlalchemy import func, select

from reports_service.areas import geojson, importing
from reports_service.areas import service as areas
from reports_service.areas.models import Area
from reports_service.areas.schemas import FeatureCollection
from reports_service.core.auth import current_actor, requires
from reports_service.core.db import db, unit_of_work
from reports_service.core.uploads import read_json
from reports_service.core.words import named
from reports_service.dead_letters import service as letters
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Permission
from reports_service.domain.text import fold
from reports_service.logbook import finding
from reports_service.sla import calendars
from reports_service.sla.hours import read_day
from reports_service.sla.schemas import DayChange
from reports_service.web.admin import (
    access,
    choices,
    dead_letters,
    keys,
    log,
    register_views,
    trying,
    year,
)
from reports_service.web.admin.registers import REGISTERS
from reports_service.web.forms import problem_of
from reports_service.web.pages import back_to, language, page, pages, reading, sent

bp = pages("admin", __name__)
administers = requires(Permission.ADMINISTER)
UPLOAD: Final = "upload"
PARTS: Final = (
    ("admin.overview", "admin_overview"),
    *((f"admin.{one.slug}", f"admin_{one.slug}") for one in REGISTERS),
    ("admin.areas", "admin_areas"),
    ("admin.calendar", "admin_calendar"),
    ("admin.dead_letters", "admin_dead_letters"),
    ("admin.api_keys", "admin_api_keys"),
    ("admin.audit", "admin_audit"),
)

access.add_to(bp)
keys.add_to(bp)
trying.add_to(bp)
for register in REGISTERS:
    register_views.serve(bp, register)
dead_letters.serve(bp)
log.add_to(bp)


@bp.context_processor
def _parts() -> dict[str, Any]:
    return {"admin_parts": PARTS}


@bp.get("/admin")
@administers
def overview() -> str:
    """How much there is of each, and what was changed last."""
    counts = [
        (f"admin.{one.slug}", f"admin_{one.slug}", _how_many(one.listing())) for one in REGISTERS
    ]
    counts.append((dead_letters.ENDPOINT, "admin_dead_letters", letters.waiting()))
    last = finding.lines(finding.Sought(), None, 10)
    return page("admin/overview.html", counts=counts, lines=last.items, **log.said())


def _how_many(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


@bp.get("/admin/calendar")
@administers
def calendar() -> str:
    """A year, month by month; ``?day=`` opens a day to change it."""
    day = request.args.get("day")
    return _calendar(read_day(day) if day else None, None)


@bp.post("/admin/calendar")
@administers
def calendar_changed() -> Any:
    """A day off, a day that is worked, or as its week says again."""
    given = sent()
    day = read_day(given.get("day", ""))
    code, state = calendars.in_force().code, given.get("state")
    try:
        with unit_of_work():
            if state == "week":
                calendars.reset_day(current_actor(), code, day)
            else:
                hours = year.read(given.get("hours", "")) if state == "worked" else None
                names = {one: given.get(f"names.{one}", "") for one in ("vi", "en")}
                values = DayChange().load({"hours": hours, "names": names})
                calendars.set_day(current_actor(), code, day, values)
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _calendar(day, problem, given), status
    return back_to("admin.calendar", day=day.isoformat(), done="changed")


@bp.post("/admin/calendar/back")
@administers
def calendar_taken_back() -> Any:
    """A day is what it was before its last change."""
    day = read_day(sent().get("day", ""))
    try:
        with unit_of_work():
            calendars.take_back_day(current_actor(), calendars.in_force().code, day)
    except Refusal as wrong:
        problem, status = problem_of(wrong)
        return _calendar(day, problem), status
    return back_to("admin.calendar", day=day.isoformat(), done="changed")


def _calendar(day: date | None, problem: Any, given: dict[str, str] | None = None) -> str:
    asked = request.args.get("year", "")
    if asked and day is None:
        day_of_year = read_day(f"{asked}-01-01")
    else:
        day_of_year = day or reading().now.astimezone(reading().zone).date()
    shown = year.year_of(day_of_year.year, language())
    days = (one for month in shown.months for week in month.weeks for one in week if one)
    return page(
        "admin/calendar.html",
        year=shown,
        chosen=next((one for one in days if one.day == day), None),
        before=calendars.before_last_change(calendars.in_force().code, day) if day else None,
        written=year.written,
        hours=year.usual_hours(),
        given=given or {},
        problem=problem,
    )


@bp.get("/admin/areas", endpoint="areas")
@administers
def areas_list() -> str:
    """All areas that go on, on a map and as a list."""
    return _areas(None, None)


@bp.post("/admin/areas")
@administers
def areas_imported() -> str | tuple[str, int]:
    """Bring boundaries in from a GeoJSON file; tried first, unless it is to be done at once."""
    file = request.files.get("file")
    try:
        body = read_json(file.stream.read() if file else b"")
        collection = FeatureCollection().load(body)
        features = geojson.read_collection(collection, UPLOAD)
        with unit_of_work():
            outcome = importing.import_features(current_actor(), features, importing.Wishes())
            if request.form.get("really") != "yes":
                db.session.rollback()
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _areas(None, problem), status
    return _areas(outcome, None)


def _areas(outcome: importing.Outcome | None, problem: Any) -> str:
    spoken, sought = language(), request.args.get("q", "").strip()
    parents = choices.names_of(Area, spoken)
    rows = [
        (named(one.names, spoken), one)
        for one in db.session.scalars(areas.listing()).unique()
        if fold(sought) in fold(f"{named(one.names, spoken)} {one.code}")
    ]
    return page(
        "admin/areas.html",
        rows=sorted(rows, key=lambda row: fold(row[0])),
        parents=parents,
        sought=sought,
        outcome=outcome,
        problem=problem,
        really=request.form.get("really") == "yes",
    )
