"""The feed of changes: every change once, in an order that another system can follow."""

from __future__ import annotations

import base64
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.channels import Channel
from reports_service.reports import filing
from reports_service.reports.models import Change, Event, Report, WaitingChange
from tests.personas import CENTRE, CONTACT, LIGHT, LIGHTS, MONDAY, Caller, Filed, People
from tests.pictures import LONG_HOA
from tests.statements import statements

RESTRICTED, ROUGH = "lua-dao", "tieng-on"  # categories never published; shown to 100 m
SECRETS = ("Lê Hoà", "0912345678", "hoa@vidu.vn", "Đèn tắt", "trước số 12", "ghi chú kín")


def follow(machine: Caller, since: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
    """All pages after a cursor."""
    return [change for page in pages(machine, since, limit) for change in page["items"]]


def pages(machine: Caller, since: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
    found = []
    while True:
        query = {"limit": limit, **({"since": since} if since else {})}
        answer = machine.get("/changes", **query)
        assert answer.status_code == 200, answer.text
        found.append(answer.json)
        since = answer.json["next_cursor"]
        if not answer.json["more"]:
            return found


def of(changes: list[dict[str, Any]], filed: Filed) -> list[dict[str, Any]]:
    return [change for change in changes if change["report"] == filed.code]


def end_of(machine: Caller) -> str:
    """The cursor behind all that happened so far."""
    return pages(machine)[-1]["next_cursor"]


def apply(changes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What another system has that did as the changes say."""
    held: dict[str, dict[str, Any]] = {}
    for change in changes:
        if change["state"] is None:
            held.pop(change["report"], None)
        else:
            held[change["report"]] = change["state"]
    return held


def test_a_life_is_told_in_order_with_the_present_state(people: People, machine: Caller) -> None:
    since = end_of(machine)
    filed = people.file(reporter=CONTACT)
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "notes", {"note": "ghi chú kín"})
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "Đã trả lời"})
    told = follow(machine, since)
    assert [change["kind"] for change in told] == ["filed", "acknowledged", "noted", "resolved"]
    assert [change["seq"] for change in told] == [1, 2, 3, 4]
    assert [change["internal"] for change in told] == [False, False, True, False]
    assert told[1]["facts"] == {"status": "in_progress", "assignment": 1}
    assert told[1]["agency"] == LIGHTS
    state = told[0]["state"]
    assert {one["state"]["version"] for one in told} == {4}
    assert state["status"] == "resolved"
    assert state["resolution_kind"] == "answered"
    assert (state["category"], state["area"], state["agency"]) == ("den-duong", "25630", LIGHTS)
    assert state["promised_by"] == filed.answer["promised_by"]


def test_nothing_of_a_person_is_told(people: People, machine: Caller) -> None:
    filed = people.file(reporter=CONTACT)
    people.officer.does(filed.code, "notes", {"note": "ghi chú kín"})
    people.operator.does(filed.code, "referral", {"to": "Sở Xây dựng", "reason": "ghi chú kín"})
    answer = machine.get("/changes", limit=1000)
    assert filed.code in answer.text
    assert [secret for secret in (*SECRETS, "Sở Xây dựng") if secret in answer.text] == []


def test_a_place_is_as_rough_as_the_public_sees_it(people: People, machine: Caller) -> None:
    since = end_of(machine)
    filed = people.file(category=ROUGH)
    shown = people.public.report(filed.code)["location"]
    assert shown != LIGHT["location"]
    state = follow(machine, since)[0]["state"]
    assert {"lat": state["lat"], "lon": state["lon"]} == shown
    assert state["location_precision_m"] > 0


def test_a_merged_report_names_the_one_it_was_merged_into(people: People, machine: Caller) -> None:
    since = end_of(machine)
    first, second = people.file(), people.file()
    people.operator.does(second.code, "merge", {"into": first.code})
    assert of(follow(machine, since), second)[-1]["kind"] == "merged"
    assert apply(follow(machine, since))[second.code]["duplicate_of"] == first.code


def test_an_erasure_is_a_change(people: People, machine: Caller) -> None:
    filed = people.file(reporter=CONTACT)
    since = end_of(machine)
    assert filed.reporter.call("DELETE", f"/reports/{filed.code}/identity").status_code < 300
    assert [change["kind"] for change in follow(machine, since)] == ["erased"]


def test_what_becomes_restricted_is_to_be_deleted_by_the_other_side(
    people: People, machine: Caller
) -> None:
    filed = people.file()
    before = follow(machine)
    assert filed.code in apply(before)
    since = end_of(machine)
    people.operator.does(
        filed.code, "referral", {"to": "Thanh tra", "reason": "Tố cáo", "restricted": True}
    )
    told = follow(machine, since)
    assert [(change["kind"], change["state"]) for change in told] == [("removed", None)]
    assert filed.code not in apply(before + told)
    assert filed.code not in apply(follow(machine))


HIDDEN = {"to": "Thanh tra", "reason": "Tố cáo", "restricted": True}


def test_what_is_done_about_a_hidden_report_is_told_to_nobody(
    people: People, machine: Caller
) -> None:
    filed = people.file()
    begin = end_of(machine)
    people.operator.does(filed.code, "classification", {"category": RESTRICTED, "note": "Tố cáo"})
    behind = end_of(machine)
    people.operator.does(filed.code, "notes", {"note": "ghi chú kín"})
    people.operator.does(filed.code, "referral", HIDDEN)
    assert follow(machine, behind) == []
    assert end_of(machine) != behind
    assert [change["kind"] for change in of(follow(machine, begin), filed)] == ["removed"]
    assert [change["kind"] for change in of(follow(machine), filed)] == ["removed"]


def test_what_was_hidden_and_shown_and_hidden_is_removed_at_last(
    people: People, machine: Caller
) -> None:
    filed = people.file()
    people.operator.does(filed.code, "referral", HIDDEN)
    people.operator.undoes(filed.code, "referral")
    shown = follow(machine)
    since = end_of(machine)
    assert filed.code in apply(shown)
    people.operator.does(filed.code, "referral", HIDDEN)
    people.operator.does(filed.code, "notes", {"note": "ghi chú kín"})
    assert [change["kind"] for change in of(follow(machine, since), filed)] == ["removed"]
    assert [change["kind"] for change in of(follow(machine), filed)] == ["removed"]
    assert filed.code not in apply(shown + follow(machine, since))


def test_what_was_hidden_by_no_event_is_removed_all_the_same(
    people: People, machine: Caller
) -> None:
    filed = people.file()
    db.session.execute(
        update(Report)
        .where(Report.code == filed.code.replace("-", ""))
        .values(restricted=True)
        .execution_options(synchronize_session=False)
    )
    assert filed.code not in apply(follow(machine))
    assert [change["kind"] for change in of(follow(machine), filed)] == ["removed"]


def test_hidden_reports_cost_one_question_more_however_many_they_are(
    people: People, machine: Caller
) -> None:
    def hide() -> None:
        people.operator.does(people.file().code, "referral", HIDDEN)

    hide()
    end_of(machine)
    with statements() as few:
        follow(machine)
    for _ in range(3):
        hide()
    end_of(machine)
    with statements() as many:
        follow(machine)
    assert len(many) <= len(few)


def test_what_is_shown_again_is_told_again(people: People, machine: Caller) -> None:
    filed = people.file()
    people.operator.does(
        filed.code, "referral", {"to": "Thanh tra", "reason": "Tố cáo", "restricted": True}
    )
    since = end_of(machine)
    people.operator.undoes(filed.code, "referral")
    assert apply(follow(machine, since))[filed.code]["agency"] == CENTRE


def test_what_always_was_restricted_is_never_named(people: People, machine: Caller) -> None:
    since = end_of(machine)
    filed = people.file(category=RESTRICTED)
    assert of(follow(machine, since), filed) == []
    assert pages(machine, since)[-1]["next_cursor"] != since


def test_small_pages_tell_the_same_as_large_ones(people: People, machine: Caller) -> None:
    for _ in range(3):
        people.officer.does(people.file().code, "acknowledgement")
    large = follow(machine)
    assert follow(machine, limit=1) == follow(machine, limit=4) == large
    numbers = [change["number"] for change in large]
    assert numbers == sorted(set(numbers))


def test_a_cursor_stays_where_it_is_while_nothing_happens(people: People, machine: Caller) -> None:
    people.file()
    since = end_of(machine)
    answer = machine.get("/changes", since=since).json
    assert (answer["items"], answer["next_cursor"], answer["more"]) == ([], since, False)
    people.file()
    assert len(follow(machine, since)) == 1


def test_an_empty_feed_has_a_cursor_too(people: People, machine: Caller) -> None:
    db.session.execute(delete(Change))
    db.session.execute(delete(WaitingChange))
    answer = machine.get("/changes").json
    assert (answer["items"], answer["more"]) == ([], False)
    filed = people.file()
    assert [change["report"] for change in follow(machine, answer["next_cursor"])] == [filed.code]


@pytest.mark.parametrize(
    "cursor",
    ["x", "!!!", "MQ", "-1", base64.urlsafe_b64encode(b"1.zz").decode(), "MDEuYQ", "ffff" * 20],
)
def test_a_cursor_that_nobody_gave_out_is_refused(cursor: str, machine: Caller) -> None:
    answer = machine.get("/changes", since=cursor)
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_invalid")


def test_a_cursor_of_another_history_is_told_so(people: People, machine: Caller) -> None:
    people.file()
    number = follow(machine)[-1]["number"]
    for said in (f"{number}.{'0' * 12}", f"{number + 5}.{'0' * 12}"):
        cursor = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        answer = machine.get("/changes", since=cursor)
        assert (answer.status_code, answer.json["code"]) == (409, "changes_cursor_elsewhere")


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_out_of_bounds_is_refused(limit: str, machine: Caller) -> None:
    assert machine.get("/changes", limit=limit).status_code == 422


def test_many_changes_cost_as_many_questions_as_few(people: People, machine: Caller) -> None:
    people.file()
    with statements() as few:
        assert len(machine.get("/changes", limit=1000).json["items"]) >= 1
    for _ in range(4):
        other = people.file()
        people.operator.does(people.file().code, "merge", {"into": other.code})
    with statements() as many:
        assert len(machine.get("/changes", limit=1000).json["items"]) >= 13
    assert len(many) <= len(few)


def test_an_event_that_was_taken_away_by_hand_stops_nobody(people: People, machine: Caller) -> None:
    since = end_of(machine)
    people.file()
    gone = db.session.scalar(select(func.max(Event.id)))
    db.session.execute(text("DELETE FROM event_texts WHERE event_id = :id"), {"id": gone})
    db.session.execute(delete(Event).where(Event.id == gone))
    later = people.file()
    assert [change["report"] for change in follow(machine, since)] == [later.code]


def test_what_is_committed_late_is_told_late_and_not_lost(
    live_province: Flask, people: People, machine: Caller
) -> None:
    """The transaction that began first, and has the smaller event id, commits last."""
    since = end_of(machine)
    begun, go_on = Signal(), Signal()
    slow = Thread(target=file_slowly, args=(live_province, begun, go_on))
    quick = Thread(target=file_quickly, args=(live_province,))
    slow.start()
    assert begun.wait(20)
    quick.start()
    quick.join(1.0)  # on SQLite it waits for its turn to write
    first = pages(machine, since)
    go_on.set()
    slow.join()
    quick.join()
    second = pages(machine, first[-1]["next_cursor"])
    told = [change for page in (*first, *second) for change in page["items"]]
    assert len(told) == len({change["report"] for change in told}) == 2
    if db.engine.dialect.name == "postgresql":
        assert [len(page["items"]) for page in (first[0], second[0])] == [1, 1]
        assert event_id(told[1]["report"]) < event_id(told[0]["report"])


def file_slowly(app: Flask, begun: Signal, go_on: Signal) -> None:
    with app.app_context(), clock.moved_to(MONDAY), unit_of_work():
        filing.file(A_LIGHT, Actor())
        begun.set()
        assert go_on.wait(30)


def file_quickly(app: Flask) -> None:
    with app.app_context(), clock.moved_to(MONDAY), unit_of_work():
        filing.file(A_LIGHT, Actor())


A_LIGHT = filing.Filing(
    channel=Channel.APP,
    category=LIGHT["category"],
    lat=LONG_HOA[0],
    lon=LONG_HOA[1],
    description="Đèn tắt",
)


def event_id(code: str) -> int:
    found = (
        select(Event.id)
        .join(Report, Report.id == Event.report_id)
        .where(Report.code == code.replace("-", ""))
    )
    return db.session.scalars(found).one()


def test_nothing_is_lost_or_told_twice_while_many_file_at_once(
    live_province: Flask, people: People, machine: Caller
) -> None:
    since = end_of(machine)
    threads = [Thread(target=file_several, args=(live_province, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    told: list[dict[str, Any]] = []
    while any(thread.is_alive() for thread in threads):
        since = read_on(machine, since, told)
    for thread in threads:
        thread.join()
    read_on(machine, since, told)
    db.session.rollback()
    filed = {code for (code,) in db.session.execute(select(Report.code))}
    assert len(filed) == len(told) == 40
    assert {change["report"].replace("-", "") for change in told} == filed


def read_on(machine: Caller, since: str, told: list[dict[str, Any]]) -> str:
    """Take what is new, a few at a time; where to go on."""
    for page in pages(machine, since, limit=7):
        told += page["items"]
        since = page["next_cursor"]
    return since


def file_several(app: Flask, times: int) -> None:
    for _ in range(times):
        file_quickly(app)
