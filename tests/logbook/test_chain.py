"""The log is a chain: whoever edits, removes or adds an entry past the service is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from reports_service.core import audit, clock
from reports_service.core.audit import AuditEntry, AuditHead
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.logbook import nightly, verification
from reports_service.reports import daily_heads
from reports_service.reports.models import Event
from reports_service.sla import service as sla
from tests.logbook.tampering import unguarded
from tests.personas import MONDAY, People
from workers import jobs

Run = Callable[..., Result]
ADMIN = Actor(name="admin@demo.example", account_id=1)


def wrote(count: int = 6) -> int:
    """The number of the first of some new entries."""
    for place in range(count):
        with unit_of_work():
            audit.record(ADMIN, "changed", "agency", f"so-{place}", before={"phone": "1"})
    return audit.head().number - count + 1


def found(run: Run) -> list[dict[str, Any]]:
    """What the command names."""
    answer = run("audit", "verify", "--json")
    named = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.exit_code == (1 if named else 0), answer.output
    return named


def values_of(number: int) -> dict[str, Any]:
    table = AuditEntry.__table__
    row = db.session.execute(select(table).where(table.c.number == number)).one()
    return {name: value for name, value in row._asdict().items() if name != "id"}


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET act = 'x'",
                                       "DELETE FROM audit_entries"])  # fmt: skip
def test_the_database_refuses_to_change_an_entry(app: Flask, statement: str) -> None:
    wrote(1)
    with pytest.raises(DBAPIError, match="can only be added to"), db.session.begin_nested():
        db.session.execute(text(statement))
    assert audit.head().number > 0


def test_a_log_that_nobody_touched_is_whole(people: People, run: Run) -> None:
    code = people.file().code
    people.officer.does(code, "acknowledgement", {})
    wrote()
    assert found(run) == []
    assert "The log is whole" in run("audit", "verify").output
    assert "Nhật ký nguyên vẹn" in run("audit", "verify", language="vi").output


def test_an_entry_that_was_edited_is_named(app: Flask, run: Run) -> None:
    first = wrote()
    other = {"actor": "other@demo.example", "at": MONDAY - timedelta(days=1), "address": "10.0.0.1"}
    other |= {"detail": {"before": {"phone": "2"}}, "hash": b"x" * 32}
    for column, value in other.items():
        before = values_of(first + 2)[column]
        for written in (value, before):
            with unguarded() as open_to_all:
                where = update(AuditEntry).where(AuditEntry.number == first + 2)
                open_to_all.execute(where.values({column: written}))
            named = [{"kind": "edited", "number": first + 2}] if written is value else []
            assert found(run) == named, column


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("column", "damaged"),
    [("detail", "replace(detail, 'e', '\"')"), ("at", "'yesterday'"), ("detail", "'[1]'"),
     ("hash", "'text'"), ("previous_hash", "substr(previous_hash, 1, 7)")],
)  # fmt: skip
def test_an_entry_that_does_not_decode_any_more_is_named_and_the_rest_is_checked(
    app: Flask, run: Run, column: str, damaged: str
) -> None:
    """In SQLite's files alone: PostgreSQL keeps no such values."""
    first = wrote()
    with unguarded() as open_to_all:
        where = f"WHERE number = {first + 1}"
        open_to_all.execute(text(f"UPDATE audit_entries SET {column} = {damaged} {where}"))
        gone = delete(AuditEntry).where(AuditEntry.number == first + 3)
        open_to_all.execute(gone.execution_options(synchronize_session=False))
    assert found(run) == [
        {"kind": "edited", "number": first + 1},
        {"kind": "removed", "number": first + 3, "last": first + 3},
    ]


@pytest.mark.any_engine
def test_an_event_that_does_not_decode_any_more_stops_neither_the_check_nor_the_page(
    people: People, run: Run
) -> None:
    code = people.file().code
    people.officer.does(code, "acknowledgement", {})
    db.session.execute(text("UPDATE events SET facts = replace(facts, ':', '')"))
    db.session.commit()
    assert found(run) == [], "the log is whole; stats verify names the event"
    listed = people.admin.call("GET", "/admin/audit?object_kind=report").json["items"]
    assert {one["facts"] for one in listed} == {None}


def test_entries_that_were_removed_are_named_in_the_middle_and_at_the_end(
    app: Flask, run: Run
) -> None:
    first = wrote()
    with unguarded() as open_to_all:
        open_to_all.execute(delete(AuditEntry).where(AuditEntry.number.in_([first + 1, first + 2])))
    assert found(run) == [{"kind": "removed", "number": first + 1, "last": first + 2}]
    with unguarded() as open_to_all:
        open_to_all.execute(delete(AuditEntry).where(AuditEntry.number == first + 5))
    assert found(run)[1:] == [{"kind": "removed", "number": first + 5, "last": first + 5}]


def test_an_end_that_was_cut_off_together_with_its_head_is_named_by_the_day_that_kept_it(
    app: Flask, run: Run
) -> None:
    first = wrote()
    daily_heads.keep(date(2026, 3, 8), MONDAY)
    with unguarded() as open_to_all:
        open_to_all.execute(delete(AuditEntry).where(AuditEntry.number > first))
        last = values_of(first)
        open_to_all.execute(update(AuditHead).values(number=first, hash=last["hash"]))
    assert found(run) == [{"kind": "day", "number": first + 5, "day": "2026-03-08"}]


def test_an_entry_that_was_added_is_named(app: Flask, run: Run) -> None:
    first = wrote()
    copied = values_of(first + 1)
    with unguarded() as open_to_all:
        open_to_all.execute(insert(AuditEntry).values({**copied, "number": first + 6}))
    assert found(run) == [{"kind": "added", "number": first + 6}]


def test_an_entry_in_anothers_place_is_named(app: Flask, run: Run) -> None:
    """Sealed once, cut out, and put back where it does not follow: an old head would allow it."""
    first = wrote(3)
    older = values_of(first + 2)
    with unguarded() as open_to_all:
        open_to_all.execute(delete(AuditEntry).where(AuditEntry.number == first + 2))
        before = values_of(first + 1)
        open_to_all.execute(update(AuditHead).values(number=first + 1, hash=before["hash"]))
    wrote(2)
    with unguarded() as open_to_all:
        open_to_all.execute(delete(AuditEntry).where(AuditEntry.number == first + 2))
        open_to_all.execute(insert(AuditEntry).values(older))
    assert found(run) == [{"kind": "moved", "number": first + 3}]


def test_a_head_that_was_set_back_is_named(app: Flask, run: Run) -> None:
    first = wrote()
    with unguarded() as open_to_all:
        open_to_all.execute(update(AuditHead).values(number=first, hash=values_of(first)["hash"]))
    assert found(run) == [{"kind": "head", "number": first}]


def test_an_act_that_is_gone_from_a_reports_history_is_named(people: People, run: Run) -> None:
    code = people.file().code
    people.officer.does(code, "acknowledgement", {})
    with unit_of_work():
        last = select(func.max(Event.id)).scalar_subquery()
        db.session.execute(update(Event).where(Event.id == last).values(hash=b"z" * 32))
    number = audit.head().number
    assert found(run) == [{"kind": "event", "number": number, "report": code}]


@pytest.mark.any_engine  # PostgreSQL keeps no text among hashes
def test_an_event_whose_hash_is_text_now_is_named(people: People, run: Run) -> None:
    code = people.file().code
    people.officer.does(code, "acknowledgement", {})
    number = audit.head().number
    event = db.session.scalar(select(func.max(Event.id)).where(Event.kind == "acknowledged"))
    db.session.execute(text("UPDATE events SET hash = 'text' WHERE id = :event"), {"event": event})
    assert found(run) == [{"kind": "event", "number": number, "report": code}]


def test_what_was_undone_was_never_recorded(app: Flask) -> None:
    before = audit.head().number
    with pytest.raises(RuntimeError), unit_of_work():
        audit.record(ADMIN, "changed", "agency", "a")
        raise RuntimeError
    with unit_of_work():
        audit.record(ADMIN, "changed", "agency", "kept")
        with pytest.raises(RuntimeError), db.session.begin_nested():
            audit.record(ADMIN, "changed", "agency", "undone")
            raise RuntimeError
    assert audit.head().number == before + 1
    assert values_of(before + 1)["object_key"] == "kept"


def test_every_night_the_log_is_checked_once_and_says_what_was_found(
    app: Flask, clock_at: Callable[[Any], None]
) -> None:
    first = wrote()
    for _ in range(2):
        jobs.check_audit_log()
    last = nightly.last_check()
    assert last is not None
    assert last.number == first + 6
    assert last.detail["differences"] == 0
    with unguarded() as open_to_all:
        open_to_all.execute(delete(AuditEntry).where(AuditEntry.number == first + 3))
    clock_at(MONDAY + timedelta(days=1))
    assert nightly.check_once(sla.zone()) == [
        verification.Finding(verification.Kind.REMOVED, first + 3, last=first + 3)
    ]
    last = nightly.last_check()
    assert last is not None
    assert last.detail["named"][0]["kind"] == "removed"
    assert last.at == clock.now()
