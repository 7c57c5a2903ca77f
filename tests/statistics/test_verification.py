"""Histories, rows and figures say the same; what is changed behind their back is named.

One life is lived for all tests here, by the services and committed; each test spoils it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from reports_service import create_app
from reports_service.agencies import service as agencies
from reports_service.categories.models import Category
from reports_service.core import clock, words
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.reports.codes import grouped
from reports_service.reports.models import (
    Assignment,
    Change,
    ClockRow,
    DailyHead,
    Escalation,
    Event,
    EventText,
    Extension,
    Report,
)
from reports_service.statistics import reading
from reports_service.statistics.cells import layout
from reports_service.statistics.cells.models import Cell
from reports_service.statistics.figures import figures
from reports_service.statistics.scope import Period, scope_of
from reports_service.statistics.verification import histories, served, walk, wording
from reports_service.statistics.verification.chains import breaks
from reports_service.statistics.verification.counted import Counted, Counting
from reports_service.statistics.verification.differences import Difference, Kind
from reports_service.statistics.verification.walk import Walked
from tests.databases import Databases
from tests.personas import MONDAY, work_outbox
from tests.statements import statements
from tests.statistics.lives import Life, nobody_told

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EVER = Period(MONDAY.date() - timedelta(days=1), MONDAY.date() + timedelta(days=900), ZONE)
STEPS, SEED = 100, 5


@pytest.fixture(scope="module")
def app(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on a province in which a life was lived."""
    folder = tmp_path_factory.mktemp("lived")
    with databases.copy(province_template) as url:
        app = create_app("test", SQLALCHEMY_DATABASE_URI=url, DATA_DIR=str(folder))
        with app.app_context():
            Snapshot.forget_all()
            app.extensions["lived"] = lived()
            db.session.remove()
            db.engine.dispose()
        yield app
        with app.app_context():
            db.engine.dispose()
    Snapshot.forget_all()


def lived() -> Life:
    """A life with something of everything; its figures are counted."""
    with ExitStack() as moves:

        def move(moment: datetime) -> None:
            moves.enter_context(clock.moved_to(moment))

        move(MONDAY)
        life, chance = Life(MONDAY, move), Random(SEED)
        for _ in range(STEPS):
            life.step(*(chance.randrange(1000) for _ in range(4)))
        life.now += timedelta(hours=1)
        move(life.now)
        nobody_told()
        work_outbox()
    return life


@pytest.fixture
def life(app: Flask, moved_clock: Callable[[datetime], None]) -> Life:
    """The life, at the end of its days."""
    life: Life = app.extensions["lived"]
    moved_clock(life.now)
    return life


def found(period: Period | None = None) -> list[Difference]:
    """What verifying finds."""
    db.session.commit()
    return list(walk.verify(ZONE, period))


def test_a_life_verifies(life: Life) -> None:
    assert found() == []
    assert len(days()) > 5


def test_a_life_verifies_while_the_clock_is_behind_its_events(
    life: Life, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(life.now - timedelta(days=40))
    assert found() == []


def longest() -> tuple[str, int]:
    """The code and the id of the report with the most events."""
    row = db.session.execute(
        select(Report.code, Report.id).order_by(Report.event_seq.desc(), Report.id).limit(1)
    ).one()
    return row.code, row.id


def the(kind: Kind, differences: list[Difference]) -> Difference:
    """The one difference of a kind."""
    (one,) = [one for one in differences if one.kind is kind]
    assert wording.sentence(one, "vi", ZONE) != wording.sentence(one, "en", ZONE)
    return one


def event(report_id: int, seq: int) -> Any:
    """The event as a row of its table."""
    table = Event.__table__
    found = select(table).where(table.c.report_id == report_id, table.c.seq == seq)
    return db.session.execute(found).one()


def test_an_event_whose_facts_were_edited_is_named(life: Life) -> None:
    code, report_id = longest()
    facts = {**event(report_id, 1).facts, "promised_by": "2027-01-01T00:00:00+00:00"}
    db.session.execute(
        update(Event).where(Event.report_id == report_id, Event.seq == 1).values(facts=facts)
    )
    differences = found()
    edited = the(Kind.EVENT_EDITED, differences)
    assert (edited.report, edited.seq, edited.field) == (grouped(code), 1, "filed")
    kept = the(Kind.REPORT_DIFFERS, differences)
    assert (kept.report, kept.field) == (grouped(code), "promised_by")


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("column", "damaged"),
    [("facts", "replace(facts, ':', '')"), ("at", "'yesterday'"), ("hash", "'text'"),
     ("hash", "substr(hash, 1, 7)"), ("previous_hash", "5"), ("facts", "'[1]'")],
)  # fmt: skip
def test_what_does_not_decode_any_more_is_named_and_the_rest_is_walked(
    life: Life, column: str, damaged: str
) -> None:
    """In SQLite's files alone: PostgreSQL keeps no such values."""
    code, report_id = longest()
    db.session.execute(update(Report).where(Report.id != report_id).values(priority="odd"))
    where = f"WHERE report_id = {report_id} AND seq = 2"
    db.session.execute(text(f"UPDATE events SET {column} = {damaged} {where}"))
    differences = found()
    edited = the(Kind.EVENT_EDITED, [one for one in differences if one.report == grouped(code)])
    assert (edited.report, edited.seq) == (grouped(code), 2)
    lacking = [(one.seq, one.field) for one in differences if one.kind is Kind.FACTS_LACKING]
    nothing_rebuilt = {"facts": "assignment" if damaged == "'[1]'" else "facts", "at": "at"}
    assert lacking == ([(2, nothing_rebuilt[column])] if column in nothing_rebuilt else [])
    others = {one.report for one in differences if one.kind is Kind.REPORT_DIFFERS}
    assert len(others - {grouped(code)}) > 3
    assert [orjson.dumps(one.to_dict()) for one in differences]


def test_what_an_event_does_not_say_any_more_is_named(life: Life) -> None:
    ended = db.session.scalars(select(Event).where(Event.kind == "resolved").limit(1)).one()
    facts = {name: fact for name, fact in ended.facts.items() if name != "ended"}
    db.session.execute(update(Event).where(Event.id == ended.id).values(facts=facts))
    lacking = the(Kind.FACTS_LACKING, found())
    assert (lacking.seq, lacking.field) == (ended.seq, "ended")


def test_events_whose_report_is_gone_are_named(life: Life) -> None:
    history = next(histories.histories())._replace(report=None)
    (named,) = breaks(history)
    assert (named.kind, named.expected) == (Kind.REPORT_MISSING, len(history.events))
    assert str(history.report_id) in wording.sentence(named, "en", ZONE)


def test_a_moment_that_was_moved_is_named(life: Life) -> None:
    code, report_id = longest()
    at = event(report_id, 2).at
    db.session.execute(
        update(Event)
        .where(Event.report_id == report_id, Event.seq == 2)
        .values(at=at - timedelta(hours=1))
    )
    edited = the(Kind.EVENT_EDITED, found())
    assert (edited.report, edited.seq) == (grouped(code), 2)


def without_words(report_id: int, seq: int) -> Any:
    """Remove an event and what hangs on it."""
    gone = select(Event.id).where(Event.report_id == report_id, Event.seq == seq)
    db.session.execute(delete(EventText).where(EventText.event_id.in_(gone)))
    db.session.execute(delete(Event).where(Event.report_id == report_id, Event.seq == seq))


def test_an_event_that_was_removed_is_named(life: Life) -> None:
    code, report_id = longest()
    without_words(report_id, 3)
    missing = the(Kind.EVENT_MISSING, found())
    assert (missing.report, missing.seq, missing.found) == (grouped(code), 3, 4)


def test_an_event_that_was_removed_at_the_end_is_named(life: Life) -> None:
    code, report_id = longest()
    last = db.session.scalar(select(Report.event_seq).where(Report.id == report_id))
    without_words(report_id, last)
    missing = the(Kind.EVENTS_MISSING_AT_END, found())
    assert (missing.report, missing.expected, missing.found) == (grouped(code), last, last - 1)


def test_the_end_is_not_hidden_by_an_earlier_head(life: Life) -> None:
    """Without the last event and with its report put back: the daily head remembers it."""
    ends = datetime.combine(max(days()), time.max, ZONE)
    report = db.session.execute(
        select(Report.id, Report.event_seq, Report.updated_at)
        .where(Report.updated_at < ends, Report.event_seq > 1)
        .order_by(Report.id)
        .limit(1)
    ).one()
    before = {
        "event_seq": report.event_seq - 1,
        "event_head": event(report.id, report.event_seq - 1).hash,
    }
    without_words(report.id, report.event_seq)
    db.session.execute(update(Report).where(Report.id == report.id).values(**before))
    named = [one.day for one in found() if one.kind is Kind.DAY_DIFFERS]
    happened_on = report.updated_at.astimezone(ZONE).date()
    assert named == [min(day for day in days() if day >= happened_on)]


def cut_off(report_id: int, seq: int) -> None:
    """The last event of a report is gone, and its row says that there never was one."""
    before = {"event_seq": seq - 1, "event_head": event(report_id, seq - 1).hash}
    without_words(report_id, seq)
    db.session.execute(update(Report).where(Report.id == report_id).values(**before))


def last_act(staff: bool) -> tuple[int, str, int]:
    """(report id, its code, seq) of a last event that staff did, or nobody of it."""
    by_whom = Event.account_id.is_not(None) if staff else Event.account_id.is_(None)
    row = db.session.execute(
        select(Report.id, Report.code, Report.event_seq)
        .join(Event, (Event.report_id == Report.id) & (Event.seq == Report.event_seq))
        .where(by_whom, Report.event_seq > 1)
        .order_by(Report.id)
        .limit(1)
    ).one()
    return row.id, row.code, row.event_seq


def test_an_end_that_was_cut_off_is_told_of_by_the_audit_log(life: Life) -> None:
    report_id, code, seq = last_act(staff=True)
    cut_off(report_id, seq)
    lost = the(Kind.EVENT_LOST, found())
    assert (lost.report, lost.seq) == (grouped(code), seq)


def test_another_event_in_its_place_is_not_the_one_of_the_audit_log(life: Life) -> None:
    report_id, code, seq = last_act(staff=True)
    db.session.execute(
        update(Event).where(Event.report_id == report_id, Event.seq == seq).values(hash=b"x" * 32)
    )
    other = the(Kind.EVENT_NOT_AS_LOGGED, found())
    assert (other.report, other.seq, other.found) == (grouped(code), seq, b"x" * 32)


def test_an_end_that_was_cut_off_leaves_its_place_among_the_changes(life: Life) -> None:
    report_id, _, seq = last_act(staff=False)
    gone = event(report_id, seq)
    place = db.session.scalar(select(Change.number).where(Change.event_id == gone.id))
    cut_off(report_id, seq)
    without = the(Kind.CHANGE_WITHOUT_EVENT, found())
    assert without.change == place
    assert wording.about(without, "en") == "The order of changes:"


def test_places_that_were_removed_too_are_missed(life: Life) -> None:
    first = db.session.scalar(select(func.max(Change.number))) - 20
    before = db.session.scalar(
        select(Event.at).join(Change, Change.event_id == Event.id).where(Change.number == first - 1)
    )
    db.session.execute(delete(Change).where(Change.number.between(first, first + 1)))
    missing = the(Kind.CHANGES_MISSING, found())
    assert (missing.change, missing.expected, missing.found) == (first, 2, before)


def days() -> list[Any]:
    return list(db.session.scalars(select(DailyHead.day)))


def test_an_event_that_was_added_is_named(life: Life) -> None:
    code, report_id = longest()
    last = db.session.scalar(select(Report.event_seq).where(Report.id == report_id))
    row = dict(event(report_id, last)._mapping)
    del row["id"]
    forged = {**row, "seq": last + 1, "previous_hash": row["hash"], "hash": b"x" * 32}
    db.session.execute(insert(Event).values(**forged))
    added = the(Kind.EVENT_ADDED, found())
    assert (added.report, added.seq, added.expected) == (grouped(code), last + 1, last)
    # The report may be made to name it, but nobody has the key to seal it with.
    db.session.execute(
        update(Report)
        .where(Report.id == report_id)
        .values(event_seq=last + 1, event_head=b"x" * 32)
    )
    assert the(Kind.EVENT_EDITED, found()).seq == last + 1


def test_words_that_were_edited_are_named(life: Life) -> None:
    said = db.session.execute(select(EventText.event_id, Event.seq).join(Event).limit(1)).one()
    db.session.execute(
        update(EventText).where(EventText.event_id == said.event_id).values(text='{"note":"khác"}')
    )
    edited = found()
    assert [one.kind for one in edited] == [Kind.WORDS_EDITED]
    assert edited[0].seq == said.seq


def test_a_head_that_was_changed_is_named(life: Life) -> None:
    code, report_id = longest()
    db.session.execute(update(Report).where(Report.id == report_id).values(event_head=b"y" * 32))
    assert the(Kind.HEAD_DIFFERS, found()).report == grouped(code)


def test_a_report_that_was_removed_with_all_its_events_is_missed_by_its_days(life: Life) -> None:
    gone = db.session.execute(
        select(Report.id, Report.created_at)
        .where(Report.id.not_in(select(Report.merged_into_id).where(Report.merged_into_id > 0)))
        .where(Report.id.not_in(select(Report.master_id).where(Report.master_id > 0)))
        .where(Report.id.not_in(select(Report.recurrence_of_id).where(Report.recurrence_of_id > 0)))
        .order_by(Report.id)
        .limit(1)
    ).one()
    remove_report(gone.id)
    differences = [one for one in found() if one.kind is Kind.DAY_DIFFERS]
    filed_on = gone.created_at.astimezone(ZONE).date()
    assert differences[0].day == min(day for day in days() if day >= filed_on)
    assert (differences[0].field, differences[0].found) == ("reports", differences[0].expected - 1)


def remove_report(report_id: int) -> None:
    """Everything of a report, as somebody with a shell and a grudge would."""
    held = select(Assignment.id).where(Assignment.report_id == report_id)
    clocks = select(ClockRow.id).where(ClockRow.assignment_id.in_(held))
    events = select(Event.id).where(Event.report_id == report_id)
    for gone in (
        delete(Escalation).where(Escalation.clock_id.in_(clocks)),
        delete(ClockRow).where(ClockRow.assignment_id.in_(held)),
        delete(Extension).where(Extension.assignment_id.in_(held)),
        delete(Assignment).where(Assignment.report_id == report_id),
        delete(EventText).where(EventText.event_id.in_(events)),
        delete(Event).where(Event.report_id == report_id),
        delete(Report).where(Report.id == report_id),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))


def test_a_daily_head_that_was_changed_is_named(life: Life) -> None:
    day = sorted(days())[1]
    db.session.execute(update(DailyHead).where(DailyHead.day == day).values(head=b"z" * 32))
    differences = found()
    assert {one.kind for one in differences} == {Kind.DAY_DIFFERS, Kind.DAY_NOT_AS_LOGGED}
    assert differences[0].day == day  # and the next, which holds it
    assert the(Kind.DAY_NOT_AS_LOGGED, differences).day == day


def test_daily_heads_that_were_removed_are_missed_each_by_its_day(life: Life) -> None:
    every = sorted(days())
    db.session.execute(delete(DailyHead))
    assert [one.day for one in found() if one.kind is Kind.DAY_MISSING] == every


def test_heads_are_held_against_those_that_somebody_copied(life: Life) -> None:
    kept = db.session.execute(select(DailyHead.day, DailyHead.head))
    plain = {day: head.hex() for day, head in kept}
    db.session.commit()
    assert list(walk.verify(ZONE, copied=plain)) == []
    day = max(plain)
    other = {**plain, day: "0" * 64, day + timedelta(days=300): "1" * 64}
    differences = [(one.kind, one.day, one.found) for one in walk.verify(ZONE, copied=other)]
    assert differences == [
        (Kind.DAY_NOT_AS_PUBLISHED, day, plain[day]),
        (Kind.DAY_NOT_AS_PUBLISHED, day + timedelta(days=300), None),
    ]


def test_each_field_of_an_assignment_that_was_changed_is_named(life: Life) -> None:
    row = db.session.execute(
        select(Assignment.id, Assignment.number, Assignment.agency_id, Report.code)
        .join(Report)
        .where(Assignment.outcome == "resolved")
        .limit(1)
    ).one()
    other = MONDAY + timedelta(days=400, microseconds=1)
    changed: dict[str, Any] = {
        "agency_id": row.agency_id + 1,
        "category_id": db.session.scalar(select(func.max(Category.id))),
        "channel": "pigeon",
        "opened_at": other,
        "acknowledge_by": other,
        "resolve_by": other,
        "own_resolve_by": other,
        "acknowledged_at": other,
        "resolved_at": other,
        "resolution_kind": "fixed",
        "ended_at": other,
        "outcome": "no_reply",
        "acknowledge_working_s": 1234567,
        "acknowledge_elapsed_s": 1234567,
        "resolve_working_s": 1234567,
        "resolve_elapsed_s": 1234567,
        "extensions_granted": 9,
        "reopened_at": other,
        "rating": 9,
        "rated_at": other,
    }
    db.session.execute(update(Assignment).where(Assignment.id == row.id).values(**changed))
    named = {
        one.field
        for one in found()
        if one.kind is Kind.ASSIGNMENT_DIFFERS
        and (one.report, one.assignment) == (grouped(row.code), row.number)
    }
    assert named == changed.keys()


def test_an_assignment_that_was_put_in_is_named(life: Life) -> None:
    code, report_id = longest()
    table = Assignment.__table__
    row = dict(
        db.session.execute(select(table).where(table.c.report_id == report_id).limit(1))
        .one()
        ._mapping
    )
    del row["id"]
    db.session.execute(insert(Assignment).values(**{**row, "number": 77}))
    added = the(Kind.ASSIGNMENT_ADDED, found())
    assert (added.report, added.assignment) == (grouped(code), 77)


def test_a_report_that_was_changed_is_named_by_its_fields(life: Life) -> None:
    _, report_id = longest()
    other = MONDAY + timedelta(days=400)
    changed = {"promised_by": other, "created_at": other, "channel": "pigeon", "closed_at": other}
    db.session.execute(update(Report).where(Report.id == report_id).values(**changed))
    named = {one.field for one in found() if one.kind is Kind.REPORT_DIFFERS}
    assert named == changed.keys()


def test_a_master_that_was_changed_is_named(life: Life) -> None:
    merged = db.session.execute(
        select(Report.id, Report.code, Report.master_id).where(Report.master_id > 0).limit(1)
    ).one()
    db.session.execute(update(Report).where(Report.id == merged.id).values(master_id=merged.id))
    (named,) = [one for one in found() if one.kind is Kind.REPORT_DIFFERS]
    assert (named.report, named.field, named.found) == (
        grouped(merged.code),
        "master",
        grouped(merged.code),
    )


def test_a_figure_that_is_served_wrongly_is_named(life: Life) -> None:
    """The events of an agency's work say one thing; what is served is changed behind them."""
    counting = Counting([EVER], reading.as_of())
    differences = list(served.other_figures(EVER, counting))
    received = [one for one in differences if one.figure == "received"]
    assert received
    assert all(one.kind is Kind.FIGURE_DIFFERS and one.expected == 0 for one in received)
    assert received[-1].agency is None
    assert received[-1].to_dict()["found"] == len(life.codes)


def test_figures_that_cannot_be_read_are_named_and_the_others_are_compared(life: Life) -> None:
    agency_id, span = db.session.execute(
        select(Cell.agency_id, Cell.span)
        .where(Cell.axis == int(layout.Axis.AGENCY), Cell.span > 10_000)
        .where(func.length(Cell.lengths) > 8)
        .order_by(Cell.span, Cell.agency_id)
        .limit(1)
    ).one()
    torn = (Cell.axis == int(layout.Axis.AGENCY)) & (Cell.agency_id == agency_id)
    db.session.execute(update(Cell).where(torn, Cell.span == span).values(lengths=b"1234"))
    code = agencies.known(agency_id).code
    db.session.execute(update(DailyHead).where(DailyHead.day == max(days())).values(head=b"z" * 32))
    named = found()
    unreadable = [one for one in named if one.kind is Kind.FIGURES_UNREADABLE]
    assert (code, span) in [(one.agency, one.span) for one in unreadable]
    assert {one.agency for one in unreadable} == {code}
    assert len(unreadable) == len(set(unreadable))
    the(Kind.DAY_DIFFERS, named)  # the rest was looked at too
    said = wording.sentence(unreadable[0], "en", ZONE)
    assert said == f"{code}, span {unreadable[0].span}: unreadable; run bin/reports stats rebuild"


def test_fields_and_figures_are_named_in_words() -> None:
    fields = {*histories.REPORT_FIELDS, *histories.ASSIGNMENT_FIELDS, "master", "reports", "head"}
    assert [one for one in fields if not words.knows(f"verify_field_{one}")] == []
    for figure in Counted().figures():
        one = Difference(Kind.FIGURE_DIFFERS, figure=figure, expected=1 / 3, found=None)
        assert figure not in wording.sentence(one, "vi", ZONE)


def test_moments_are_said_locally_and_numbers_as_long_as_they_must_be() -> None:
    at = datetime(2026, 10, 31, 18, 0, 5, tzinfo=UTC)
    later = at + timedelta(microseconds=7)
    moved = Difference(Kind.REPORT_DIFFERS, "1", field="closed_at", expected=at, found=None)
    assert "01:00:05 01/11/2026" in wording.sentence(moved, "vi", ZONE)
    hardly = Difference(Kind.REPORT_DIFFERS, "1", field="closed_at", expected=at, found=later)
    assert "18:00:05.000007" in wording.sentence(hardly, "vi", ZONE)
    figure = Difference(Kind.FIGURE_DIFFERS, figure="on_time_rate", expected=1 / 3, found=0.5)
    assert wording.sentence(figure, "vi", ZONE) == (
        "toàn tỉnh, «Tỷ lệ đúng hạn»: đang công bố 0,5, tính từ diễn biến là 0,3333."
    )
    near = replace(figure, expected=1 / 139, found=1 / 139 + 1e-9)
    assert wording.sentence(near, "vi", ZONE) == (
        "toàn tỉnh, «Tỷ lệ đúng hạn»: đang công bố 0,0072, tính từ diễn biến là 0,0072 "
        "(chênh lệch chưa đến 0,0001)."
    )


def test_every_figure_of_an_agency_is_among_those_that_are_verified(life: Life) -> None:
    scope = scope_of({"first": EVER.first, "last": EVER.last}, reading.as_of(), ZONE)
    row = served.plain(figures(reading.total(scope)))
    assert row.keys() == Counted().figures().keys()


def test_a_period_is_compared_beside_all_time(life: Life) -> None:
    walked = Walked()
    asked = Period(MONDAY.date(), MONDAY.date() + timedelta(days=9), ZONE)
    assert list(walk.verify(ZONE, asked, walked=walked)) == []
    assert len(walked.periods) == 2
    assert walked.reports == len(life.codes)
    assert walked.events == db.session.scalar(select(func.count(Event.id)))


def test_more_reports_ask_no_more_questions(life: Life) -> None:
    """So the memory is flat too: what is read is let go batch by batch."""
    with statements() as sent:
        walked = Walked()
        read = [len(history.events) for history in histories.histories()]
        assert sum(read) > walked.events
    assert len([one for one in sent if one.startswith("SELECT")]) == 3
