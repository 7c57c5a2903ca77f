"""Reports with what may be wrong with them, written into tables, and counted by hand.

``Flaws`` holds what ``rows.Filed`` does not know. The count by hand is one loop over these facts,
written from the words of the checks, and never reads the tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from geopy.distance import geodesic
from hypothesis import strategies as st

from reports_service.attachments.models import Attachment
from reports_service.core.db import db
from reports_service.reports.models import Assignment, Event, Report, ReportPhoto
from tests.statistics import histories, rows
from tests.statistics.histories import GRID, NOW
from tests.statistics.rows import Filed, Held, Province

DAY = timedelta(days=1)
NEAR = 50  # metres: within it two lamps are one
REQUIRED = {"den-duong": ["pole", "since"], "rac": ["kind"]}
WITH_PHOTO = {"den-duong", "nap-cong"}
ENDED_ALONE = {"rejected", "referred", "duplicate", "withdrawn"}
STAFF = {"officer", "head", "operator", "admin"}
OPEN = {"new", "assigned", "in_progress", "awaiting_reporter"}
# Some metres apart, and some hundreds.
LATITUDES = [11.31, 11.3102, 11.3104, 11.32]
LONGITUDES = [106.1, 106.1004, 106.1009]
AGES = [timedelta(), timedelta(hours=2), 6 * DAY, 7 * DAY, 8 * DAY, 40 * DAY]
_seqs = count(1)


@dataclass
class Act:
    """An event: of what kind, when, by whom, with words or without."""

    kind: str
    at: datetime
    by: str
    words: bool


@dataclass
class Photo:
    """A picture of a report, as it was taken in."""

    at: datetime
    role: str = "after"
    state: str = "ready"


@dataclass
class Flaws:
    """What may be there or missing beside the facts of a report."""

    filed: Filed
    point: tuple[float, float] | None = None
    fit: str = "inside"
    answered: list[str] = field(default_factory=list)
    planned_for: date | None = None
    acts: list[Act] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)

    @property
    def filed_at(self) -> datetime:
        return self.filed.held[0].opened_at


@st.composite
def provinces(draw: st.DrawFn) -> list[Flaws]:
    """Random reports, some older, with random flaws; their times may be impossible."""
    return [draw(_flawed(filed)) for filed in draw(histories.provinces())]


@st.composite
def _flawed(draw: st.DrawFn, filed: Filed) -> Flaws:
    shift = draw(st.sampled_from(AGES))
    for held in filed.held:
        held.opened_at -= shift
        _bend(draw, held)
    point = st.tuples(st.sampled_from(LATITUDES), st.sampled_from(LONGITUDES))
    moments = st.sampled_from([*GRID, NOW - 7 * DAY, NOW - 8 * DAY])
    results = [
        Act("resolved", held.resolved_at, "officer", draw(st.booleans()))
        for held in filed.held
        if held.resolved_at and draw(st.booleans())
    ]
    others = st.builds(
        Act, st.just("noted"), moments, st.sampled_from(["officer", "reporter", "system"]),
        st.booleans(),
    )  # fmt: skip
    photos = st.builds(
        Photo, moments, st.sampled_from(["after", "report"]), st.sampled_from(["ready", "rejected"])
    )
    return Flaws(
        filed,
        point=draw(st.none() | point),
        fit=draw(st.sampled_from(["inside", "inside", "near", "named"])),
        answered=draw(st.lists(st.sampled_from(["pole", "since", "kind"]), unique=True)),
        planned_for=draw(st.none() | st.just(date(2027, 1, 1))),
        acts=[*results, *draw(st.lists(others, max_size=2))],
        photos=draw(st.lists(photos, max_size=2)),
    )


def _bend(draw: st.DrawFn, held: Held) -> None:
    """Perhaps one of the times becomes impossible."""
    how = draw(st.sampled_from([None, None, None, "early", "late", "deadline", "kind", "quick"]))
    if how == "early" and held.ended_at:
        held.ended_at = held.opened_at - timedelta(microseconds=1)
    elif how == "late" and held.ended_at:
        held.ended_at = NOW + DAY
    elif how == "deadline":
        held.acknowledge_by = held.opened_at - DAY
    elif how == "kind":
        held.kind = None
    elif how == "quick" and held.resolved_at:
        held.ended_at = held.opened_at + timedelta(seconds=draw(st.sampled_from([0, 59, 60])))
        held.worked, held.kind = 1.0, "fixed"


def write(province: Province, flawed: Sequence[Flaws]) -> None:
    """Write them into the tables; categories ask for their answers and photos."""
    for code, category in province.categories.items():
        category.after_photo = code in WITH_PHOTO
        category.duplicate_radius_m = NEAR
        category.questions = [
            {"code": one, "kind": "text", "label": {"vi": one, "en": one}, "required": True}
            for one in REQUIRED.get(code, ())
        ]
    _write_plain(province, flawed)
    for one in flawed:
        report = db.session.get_one(Report, one.filed.id)
        report.lat, report.lon = one.point or (None, None)
        report.place_fit, report.planned_for = one.fit, one.planned_for
        report.answers = [{"code": code, "value": "x"} for code in one.answered]
        db.session.add_all([_event(report, act) for act in one.acts])
        db.session.add_all([_photo(report, photo) for photo in one.photos])
    db.session.commit()


def _write_plain(province: Province, flawed: Sequence[Flaws]) -> None:
    """The reports and assignments; lengths, which may be impossible, are written afterwards."""
    every = [held for one in flawed for held in one.filed.held]
    worked = [held.worked for held in every]
    for held in every:
        held.worked = None
    rows.write(province, [one.filed for one in flawed])
    for held, part in zip(every, worked, strict=True):
        held.worked = part
        row = db.session.get_one(Assignment, held.id)
        for name, at in (("acknowledge", held.acknowledged_at), ("resolve", held.resolved_at)):
            if at and part is not None:
                seconds = (at - held.opened_at) // timedelta(seconds=1)
                setattr(row, f"{name}_elapsed_s", seconds)
                setattr(row, f"{name}_working_s", int(seconds * part))


def _event(report: Report, act: Act) -> Event:
    return Event(
        report_id=report.id, seq=next(_seqs), version=1, kind=act.kind, at=act.at, by=act.by,
        facts={}, text_digest=b"\1" * 32 if act.words else None,
        previous_hash=b"\0" * 32, hash=b"\0" * 32,
    )  # fmt: skip


def _photo(report: Report, photo: Photo) -> ReportPhoto:
    taken_in = Attachment(role=photo.role, state=photo.state, created_at=photo.at)
    return ReportPhoto(
        report_id=report.id, role=photo.role, position=0, event_seq=1, attachment=taken_in
    )


@dataclass
class Counted:
    """(agency, check) -> how many fail, out of how many; the ages of last acts, in seconds."""

    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    of: Counter[tuple[str, str]] = field(default_factory=Counter)
    ages: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def see(self, agency: str, check: str, fails: bool) -> None:
        """One assignment that a check concerns."""
        self.of[agency, check] += 1
        self.found[agency, check] += fails


def by_hand(
    flawed: Sequence[Flaws], first: date, last: date, zone: ZoneInfo, as_of: datetime
) -> Counted:
    """Every check of those opened on the days, and of those open when ``last`` had ended."""
    counted = Counted()
    for one in flawed:
        for held in one.filed.held:
            day = held.opened_at.astimezone(zone).date()
            if first <= day <= last:
                _see_opened(counted, one, held, as_of)
            if day <= last and held.outcome is None:
                counted.see(
                    held.agency, "possible_duplicate", _seen_before(one, flawed, zone, last)
                )
                if held.own_resolve_by is not None:
                    _see_silent(counted, one, held, as_of)
    return counted


def _see_opened(counted: Counted, one: Flaws, held: Held, as_of: datetime) -> None:
    agency, filed = held.agency, one.filed
    if held.outcome not in ("triaged", "rejected"):  # what rows.py takes for triage
        counted.see(agency, "wrong_unit", held.outcome in ("handed_back", "transferred"))
    counted.see(agency, "wrong_matter", held.outcome == "reclassified")
    if filed.status not in ENDED_ALONE:
        counted.see(agency, "category_missing", filed.category is None)
        counted.see(agency, "area_missing", filed.area is None)
        counted.see(agency, "place_not_inside", one.fit != "inside")
        required = REQUIRED.get(filed.category or "")
        if required:
            counted.see(agency, "answers_missing", not set(required) <= set(one.answered))
    if held.kind == "fixed" and filed.category in WITH_PHOTO:
        counted.see(agency, "after_photo_missing", not any(map(_proves(held), one.photos)))
    if held.outcome == "resolved":
        _see_result(counted, one, held)
    if held.outcome == "merged":
        assert held.ended_at is not None
        counted.see(agency, "merged_late", held.ended_at > held.acknowledge_by)
    _see_times(counted, held, as_of)


def _proves(held: Held) -> Any:
    def proves(photo: Photo) -> bool:
        until = held.reopened_at
        return (
            photo.role == "after"
            and photo.state != "rejected"
            and photo.at >= held.opened_at
            and (until is None or photo.at <= until)
        )

    return proves


def _see_result(counted: Counted, one: Flaws, held: Held) -> None:
    undated = held.kind == "planned" and held.reopened_at is None and one.planned_for is None
    counted.see(held.agency, "result_incomplete", held.kind is None or undated)
    told = [a for a in one.acts if a.kind == "resolved" and a.at == held.resolved_at]
    if told:
        counted.see(held.agency, "note_missing", not any(act.words for act in told))


def _see_times(counted: Counted, held: Held, as_of: datetime) -> None:
    agency = held.agency
    done = [at for at in (held.acknowledged_at, held.resolved_at, held.ended_at) if at]
    deadlines = [by for by in (held.acknowledge_by, held.resolve_by, held.own_resolve_by) if by]
    counted.see(agency, "ended_before_opened", any(at < held.opened_at for at in done))
    counted.see(agency, "in_the_future", any(at > as_of for at in done))
    counted.see(agency, "deadline_before_opened", any(by < held.opened_at for by in deadlines))
    lengths = []
    if held.worked is not None:
        for at in (held.acknowledged_at, held.resolved_at):
            if at:
                elapsed = (at - held.opened_at).total_seconds()
                lengths += [elapsed, elapsed * held.worked]
    counted.see(agency, "negative_length", any(length < 0 for length in lengths))
    if held.acknowledged_at and held.resolved_at:
        late = held.acknowledged_at > held.resolved_at
        counted.see(agency, "acknowledged_after_result", late)
    if held.kind == "fixed":
        took = held.resolved_at and (held.resolved_at - held.opened_at).total_seconds()
        soon = took is not None and held.worked is not None and 0 <= took < 60
        counted.see(agency, "fixed_too_soon", bool(soon))


def _see_silent(counted: Counted, one: Flaws, held: Held, as_of: datetime) -> None:
    acts = [a.at for a in one.acts if a.by in STAFF and held.opened_at <= a.at <= as_of]
    last = max(acts) if acts else held.acknowledged_at or held.opened_at
    counted.see(held.agency, "silent", last < as_of - 7 * DAY)
    counted.ages[held.agency].append((as_of - last).total_seconds())


def _seen_before(one: Flaws, flawed: Sequence[Flaws], zone: ZoneInfo, last: date) -> bool:
    """Whether another was filed before it, of its category, near, within thirty days, and both
    are open still; of two at the same moment the one with the smaller number was before.
    """

    def open_place(any_of_them: Flaws) -> bool:
        filed = any_of_them.filed
        held = any(
            h.outcome is None and h.opened_at.astimezone(zone).date() <= last for h in filed.held
        )
        placed = any_of_them.point is not None and filed.category is not None
        return held and placed and filed.status in OPEN

    def before(other: Flaws) -> bool:
        apart = one.filed_at - other.filed_at
        assert one.point is not None
        return (
            (other.filed_at, other.filed.id) < (one.filed_at, one.filed.id)
            and other.filed.category == one.filed.category
            and apart <= 30 * DAY
            and geodesic(one.point, other.point).meters <= NEAR
        )

    return open_place(one) and any(before(other) for other in flawed if open_place(other))
