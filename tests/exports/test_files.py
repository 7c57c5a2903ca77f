"""Exported files: what is in them, what is not, and how they are built, fetched and swept."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from reports_service.core import outbox
from reports_service.core.db import db
from reports_service.core.spreadsheet_text import LIKE_A_FORMULA
from reports_service.core.storage import Storage, StoredFile
from reports_service.exports import reading, service
from reports_service.exports.building import build
from reports_service.exports.formats import writer
from reports_service.exports.models import ExportPart
from reports_service.exports.tables import REPORTS, Column, Kind
from tests.personas import CONTACT, LIGHTS, MONDAY, Caller, Filed, People, work_outbox
from workers import jobs

Clock = Callable[[datetime], None]
SECRETS = ("Lê Hoà", "0912345678", "hoa@vidu.vn", "Đèn tắt", "trước số 12", "Trụ số", "Đã thay")
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
ROUGH, RESTRICTED = "tieng-on", "lua-dao"


def ask(machine: Caller, **wish: str) -> dict[str, Any]:
    answer = machine.call("POST", "/exports", json=wish)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"].endswith(answer.json["id"])
    return answer.json


def ready(machine: Caller, **wish: str) -> dict[str, Any]:
    """An export that workers have built."""
    asked = ask(machine, **wish)
    work_outbox()
    built = machine.get(f"/exports/{asked['id']}").json
    assert built["state"] == "ready"
    return built


def fetch(machine: Caller, part: dict[str, Any]) -> bytes:
    """The bytes of a part, which are those that its digest is of."""
    answer = ranged(machine, part)
    assert answer.status_code == 200
    assert hashlib.sha256(answer.data).hexdigest() == part["sha256"]
    assert len(answer.data) == part["bytes"]
    return answer.data


def ranged(machine: Caller, part: dict[str, Any], **headers: str) -> TestResponse:
    """What is answered to a call for a part, read to its end."""
    path = part["url"].removeprefix("/api/v1")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return machine.call("GET", path, headers=named, buffered=True)


def table(machine: Caller, **wish: str) -> pa.Table:
    """An export read back by pyarrow."""
    built = ready(machine, format="parquet", **wish)
    return pa.concat_tables(
        pq.read_table(io.BytesIO(fetch(machine, part))) for part in built["parts"]
    )


def lines(machine: Caller, **wish: str) -> list[dict[str, str]]:
    """An export read back by the csv module."""
    built = ready(machine, format="csv", **wish)
    return [
        line
        for part in built["parts"]
        for line in csv.DictReader(io.StringIO(fetch(machine, part).decode(), newline=""))
    ]


@pytest.fixture
def filed(people: People, clock_at: Clock) -> Filed:
    """Filed by somebody, asked about, resolved, reopened."""
    filed = people.file(reporter=CONTACT)
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": "Trụ số mấy?"})
    filed.reporter.does(filed.code, "replies", {"text": "Trụ số 5"})
    clock_at(MONDAY + timedelta(days=1))
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "Đã thay"})
    filed.reporter.does(filed.code, "feedback", {"fixed": False, "rating": 2})
    return filed


def test_reports_are_read_back_from_parquet(filed: Filed, machine: Caller) -> None:
    found = table(machine, what="reports", **MARCH)
    (row,) = found.to_pylist()
    assert row["province"] == "80"
    assert row["code"] == filed.code
    assert (row["status"], row["category"], row["agency"]) == ("assigned", "den-duong", LIGHTS)
    assert row["created_at"] == MONDAY
    assert row["promised_by"] == datetime.fromisoformat(filed.answer["promised_by"])
    assert row["resolution_kind"] is None
    assert found.schema.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert found.schema.field("category").type == pa.dictionary(pa.int32(), pa.string())


def test_assignments_are_read_back_from_parquet(filed: Filed, machine: Caller) -> None:
    first, second = table(machine, what="assignments", **MARCH).to_pylist()
    assert (first["report"], first["number"], second["number"]) == (filed.code, 1, 2)
    assert (first["outcome"], first["rating"], second["outcome"]) == ("resolved", 2, None)
    assert first["resolve_elapsed_s"] == timedelta(days=1).total_seconds()
    assert first["reopened_at"] == second["opened_at"] == MONDAY + timedelta(days=1)


@pytest.mark.parametrize("what", ["reports", "assignments"])
def test_csv_says_the_same_as_parquet(what: str, filed: Filed, machine: Caller) -> None:
    rows = table(machine, what=what, **MARCH).to_pylist()
    assert lines(machine, what=what, **MARCH) == [
        {name: as_text(value) for name, value in row.items()} for row in rows
    ]


def as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("what", ["reports", "assignments"])
def test_no_byte_of_a_file_is_of_a_person(
    what: str, form: str, filed: Filed, machine: Caller
) -> None:
    built = ready(machine, what=what, format=form, **MARCH)
    (content,) = [fetch(machine, part) for part in built["parts"]]
    if form == "parquet":  # its pages are compressed
        content += repr(pq.read_table(io.BytesIO(content)).to_pydict()).encode()
    assert filed.code.encode() in content
    assert [secret for secret in SECRETS if secret.encode() in content] == []


def test_a_place_is_as_rough_as_the_public_sees_it(people: People, machine: Caller) -> None:
    shown = people.public.report(people.file(category=ROUGH).code)["location"]
    (row,) = table(machine, what="reports", **MARCH).to_pylist()
    assert {"lat": row["lat"], "lon": row["lon"]} == shown
    assert row["location_precision_m"] == 100


def test_what_is_restricted_is_not_exported(people: People, machine: Caller) -> None:
    people.file(category=RESTRICTED)
    assert table(machine, what="reports", **MARCH).num_rows == 0
    assert table(machine, what="assignments", **MARCH).num_rows == 0


def test_an_export_says_how_many_rows_are_left_out_for_they_are_restricted(
    people: People, machine: Caller, clock_at: Clock
) -> None:
    """With them the rows are as many as the figures count."""
    people.file()
    for _ in range(2):
        people.file(category=RESTRICTED)
    clock_at(MONDAY + timedelta(days=31))
    people.file(category=RESTRICTED)
    for what in ("reports", "assignments"):
        wish = {"what": what, "format": "csv", "from": "2026-03-01", "to": "2026-04-30"}
        asked = ask(machine, **wish)
        assert asked["left_out_restricted"] is None
        built = ready(machine, **wish)
        parts = built["parts"]
        assert [(part["rows"], part["left_out_restricted"]) for part in parts] == [(1, 2), (0, 1)]
        assert built["left_out_restricted"] == 3


def test_the_days_are_local_ones(people: People, machine: Caller, clock_at: Clock) -> None:
    """In Tây Ninh it is the first of April from 17:00 UTC of the day before."""
    for moment in (
        datetime(2026, 3, 31, 16, 59, tzinfo=UTC),
        datetime(2026, 3, 31, 17, tzinfo=UTC),
    ):
        clock_at(moment)
        people.file()
    march, april = (
        table(machine, what="reports", **{"from": first, "to": last}).to_pylist()
        for first, last in (("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-01"))
    )
    assert [row["created_at"].hour for row in (*march, *april)] == [16, 17]


def test_each_month_is_a_file_named_after_the_province(
    people: People, machine: Caller, clock_at: Clock
) -> None:
    for day in (date(2026, 3, 9), date(2026, 5, 20)):
        clock_at(datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
        people.file()
    built = ready(
        machine, what="reports", format="csv", **{"from": "1990-01-01", "to": "2080-12-31"}
    )
    assert [(part["name"], part["rows"]) for part in built["parts"]] == [
        ("80-reports-2026-03.csv", 1),
        ("80-reports-2026-04.csv", 0),
        ("80-reports-2026-05.csv", 1),
    ]


def test_a_month_that_is_not_asked_for_whole_is_named_by_its_days(
    people: People, machine: Caller
) -> None:
    people.file()
    built = ready(
        machine, what="reports", format="csv", **{"from": "2026-03-05", "to": "2026-03-09"}
    )
    assert [part["name"] for part in built["parts"]] == ["80-reports-2026-03-05_2026-03-09.csv"]


def test_a_period_before_the_first_report_has_no_files(people: People, machine: Caller) -> None:
    people.file()
    built = ask(machine, what="reports", format="csv", **{"from": "2001-01-01", "to": "2001-12-31"})
    assert (built["state"], built["parts"]) == ("ready", [])
    assert built["note"] == "Kỳ này ở trước phản ánh đầu tiên, nên không có tệp nào."
    assert built["left_out_restricted"] == 0
    assert ready(machine, what="reports", format="csv", **MARCH)["note"] is None


def test_every_column_says_what_it_means(filed: Filed, machine: Caller) -> None:
    for what in ("reports", "assignments"):
        schema = ready(machine, what=what, format="parquet", **MARCH)["schema"]
        assert [column["name"] for column in schema] == table(
            machine, what=what, **MARCH
        ).schema.names
        assert all(column["description"] for column in schema)


def test_rows_are_read_a_bounded_number_at_a_time(people: People) -> None:
    """Also where many reports are of one moment: none is left out, none comes twice."""
    codes = [people.file().code for _ in range(7)]
    batches = list(reading.batches(REPORTS, MONDAY, MONDAY + timedelta(days=1), size=3))
    assert [len(batch[0]) for batch in batches] == [3, 3, 1]
    assert [code for batch in batches for code in batch[0]] == codes


@pytest.mark.pure
@pytest.mark.parametrize("begin", LIKE_A_FORMULA)
def test_text_that_a_spreadsheet_would_execute_is_defused(begin: str) -> None:
    file = io.BytesIO()
    out = writer("csv", file, [Column("code", Kind.CODE, ())], "80")
    out.write([[f"{begin}1", f"a{begin}1"]])
    out.end()
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))
    assert rows == [["province", "code"], ["80", f"'{begin}1"], ["80", f"a{begin}1"]]


@pytest.mark.pure
def test_a_negative_number_is_no_formula() -> None:
    text = io.BytesIO()
    columns = [Column("lat", Kind.NUMBER, ()), Column("code", Kind.CODE, ())]
    out = writer("csv", text, columns, "80")
    out.write([[-11.5], ['-x, "y"']])
    out.end()
    assert text.getvalue() == b'province,lat,code\r\n80,-11.5,"\'-x, ""y"""\r\n'


# --- built by workers -----------------------------------------------------------------------


def months(people: People, clock_at: Clock) -> None:
    """A report in each of three months."""
    for month in (3, 4, 5):
        clock_at(datetime(2026, month, 2, 3, tzinfo=UTC))
        people.file()
    work_outbox()


SPRING = {"from": "2026-03-01", "to": "2026-05-31"}


def test_a_worker_that_was_killed_goes_on_with_the_part_it_was_at(
    app: Flask, people: People, machine: Caller, clock_at: Clock
) -> None:
    months(people, clock_at)
    asked = ask(machine, what="reports", format="parquet", **SPRING)
    assert outbox.work() == 1
    one = machine.get(f"/exports/{asked['id']}").json
    assert [part["made_at"] is not None for part in one["parts"]] == [True, False, False]
    with dying(app), pytest.raises(KeyboardInterrupt):
        outbox.work()
    work_outbox()
    assert machine.get(f"/exports/{asked['id']}").json["state"] == "building"
    clock_at(datetime(2026, 5, 2, 3, 3, tzinfo=UTC))  # the dead worker's lease has run out
    work_outbox()
    whole = machine.get(f"/exports/{asked['id']}").json
    assert whole["state"] == "ready"
    assert whole["parts"][0] == one["parts"][0]
    assert [part["rows"] for part in whole["parts"]] == [1, 1, 1]
    for part in whole["parts"]:
        fetch(machine, part)


class Dying(Storage):
    """A store in whose midst the worker is killed."""

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        super().put(key, b"half a fi")
        raise KeyboardInterrupt


@contextmanager
def dying(app: Flask) -> Iterator[None]:
    """Workers die in the block when they are about to keep a file."""
    storage = app.extensions["storage"]
    app.extensions["storage"] = Dying(storage.url)
    try:
        yield
    finally:
        app.extensions["storage"] = storage


def test_two_workers_on_one_part_leave_one_file(
    app: Flask, people: People, machine: Caller, clock_at: Clock
) -> None:
    people.file()
    work_outbox()
    asked = ask(machine, what="reports", format="csv", **MARCH)
    storage, zone = app.extensions["storage"], ZoneInfo("Asia/Ho_Chi_Minh")
    part_id = db.session.query(ExportPart.id).scalar()
    tasks = [service.task_of(part_id, zone) for _ in range(2)]
    for task in tasks:
        assert task is not None
        with io.BytesIO() as file:
            service.store(task, build(task.wish, task.days, "80", file), file, storage)
    stored = [file.key for file in storage.list(f"exports/{asked['id']}")]
    assert stored == [tasks[0].key]
    work_outbox()
    assert machine.get(f"/exports/{asked['id']}").json["state"] == "ready"


def test_the_same_wish_again_is_the_same_export_until_it_is_ready(
    filed: Filed, machine: Caller, people: People
) -> None:
    first = ask(machine, what="reports", format="csv", **MARCH)
    assert ask(machine, what="reports", format="csv", **MARCH)["id"] == first["id"]
    assert ask(machine, what="reports", format="parquet", **MARCH)["id"] != first["id"]
    assert ask(people.admin, what="reports", format="csv", **MARCH)["id"] != first["id"]
    work_outbox()
    assert ask(machine, what="reports", format="csv", **MARCH)["id"] != first["id"]


def test_an_export_is_logged_with_who_asked(people: People, machine: Caller) -> None:
    people.file()
    asked = ask(machine, what="reports", format="csv", **MARCH)
    (entry,) = people.admin.get("/admin/audit", object_kind="export").json["items"]
    assert entry["object_key"] == asked["id"]
    assert entry["actor"].startswith("key ")
    assert entry["detail"] == {"what": "reports", "format": "csv", **MARCH}


def test_files_are_swept_away_after_a_week(
    app: Flask, filed: Filed, machine: Caller, clock_at: Clock
) -> None:
    built = ready(machine, what="reports", format="csv", **MARCH)
    storage = app.extensions["storage"]
    clock_at(MONDAY + timedelta(days=8))
    jobs.sweep_exports()
    assert len(list(storage.list(f"exports/{built['id']}"))) == 1
    clock_at(MONDAY + timedelta(days=8, seconds=1))
    jobs.sweep_exports()
    assert list(storage.list(f"exports/{built['id']}")) == []
    gone = machine.get(f"/exports/{built['id']}").json
    assert (gone["state"], gone["parts"][0]["url"]) == ("swept", None)
    answer = machine.get(f"/exports/{built['id']}/parts/1")
    assert (answer.status_code, answer.json["code"]) == (404, "export_swept")


class Busy(Storage):
    """A store that gets a file of a new export just when the sweep looks into it."""

    def __init__(self, url: str, meanwhile: Callable[[], None]) -> None:
        super().__init__(url)
        self._meanwhile = meanwhile

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        self._meanwhile()
        return super().list(prefix)


def test_a_file_that_comes_during_the_sweep_stays(
    app: Flask, filed: Filed, machine: Caller
) -> None:
    built: list[dict[str, Any]] = []
    wish = {"what": "reports", "format": "csv", **MARCH}
    storage = Busy(app.extensions["storage"].url, lambda: built.append(ready(machine, **wish)))
    assert service.sweep(storage) == 0
    fetch(machine, built[0]["parts"][0])


# --- fetched --------------------------------------------------------------------------------


@pytest.fixture
def part(filed: Filed, machine: Caller) -> dict[str, Any]:
    """A finished part."""
    return ready(machine, what="reports", format="csv", **MARCH)["parts"][0]


def test_a_download_that_broke_off_goes_on(part: dict[str, Any], machine: Caller) -> None:
    whole = ranged(machine, part)
    assert whole.headers["Accept-Ranges"] == "bytes"
    head = ranged(machine, part, Range="bytes=0-99")
    rest = ranged(machine, part, Range="bytes=100-", If_Range=whole.headers["ETag"])
    assert (head.status_code, rest.status_code) == (206, 206)
    assert rest.headers["Content-Range"] == f"bytes 100-{part['bytes'] - 1}/{part['bytes']}"
    assert head.data + rest.data == whole.data


def test_a_file_that_changed_is_sent_whole(part: dict[str, Any], machine: Caller) -> None:
    answer = ranged(machine, part, Range="bytes=100-", If_Range='"another"')
    assert (answer.status_code, len(answer.data)) == (200, part["bytes"])


def test_a_range_beyond_the_end_is_refused(part: dict[str, Any], machine: Caller) -> None:
    answer = ranged(machine, part, Range=f"bytes={part['bytes']}-")
    assert (answer.status_code, answer.json["code"]) == (416, "range_beyond_end")
    assert answer.headers["Content-Range"] == f"bytes */{part['bytes']}"


def test_a_file_that_the_asker_has_is_not_sent_again(part: dict[str, Any], machine: Caller) -> None:
    etag = ranged(machine, part).headers["ETag"]
    assert ranged(machine, part, If_None_Match=etag).status_code == 304


def downloads(people: People) -> int:
    """How many entries of the audit log tell of bytes that were taken."""
    entries = people.admin.get("/admin/audit", object_kind="export").json["items"]
    return sum(entry["act"] == "downloaded" for entry in entries)


def test_whoever_takes_bytes_of_a_file_is_in_the_audit_log(
    people: People, part: dict[str, Any], machine: Caller
) -> None:
    assert ranged(machine, part, Range="bytes=1-").status_code == 206
    assert downloads(people) == 1
    assert ranged(people.admin, part, Range="bytes=-10").status_code == 206
    assert downloads(people) == 2
    for _ in range(2):
        fetch(machine, part)  # whole, and so an act each time
    assert downloads(people) == 4


def test_a_download_in_many_ranges_is_one_act_an_hour(
    people: People, part: dict[str, Any], machine: Caller, clock_at: Clock
) -> None:
    for first in range(0, 50, 10):
        ranged(machine, part, Range=f"bytes={first}-{first + 9}")
    assert downloads(people) == 1
    clock_at(MONDAY + timedelta(days=1, hours=1))
    ranged(machine, part, Range="bytes=50-59")
    assert downloads(people) == 2
    other = ready(machine, what="reports", format="csv", **MARCH)["parts"][0]
    ranged(machine, other, Range="bytes=60-69")
    assert downloads(people) == 3


def test_an_answer_without_bytes_of_the_file_is_no_download(
    people: People, part: dict[str, Any], machine: Caller
) -> None:
    etag = ranged(machine, part).headers["ETag"]
    assert downloads(people) == 1
    ranged(machine, part, If_None_Match=etag)
    ranged(machine, part, Range=f"bytes={part['bytes']}-")
    machine.call("HEAD", part["url"].removeprefix("/api/v1"), buffered=True)
    assert downloads(people) == 1


def test_a_file_says_its_name_and_its_digest(part: dict[str, Any], machine: Caller) -> None:
    headers = ranged(machine, part).headers
    assert headers["Content-Disposition"] == f"attachment; filename={part['name']}"
    assert headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert headers["Repr-Digest"].startswith("sha-256=:")


def test_a_part_that_is_not_there_is_told_from_one_that_is_not_yet(
    people: People, machine: Caller
) -> None:
    people.file()
    asked = ask(machine, what="reports", format="csv", **MARCH)
    answers = [machine.get(f"/exports/{asked['id']}/parts/{number}") for number in (1, 2)]
    assert [(one.status_code, one.json["code"]) for one in answers] == [
        (409, "export_part_not_ready"),
        (404, "export_part_unknown"),
    ]
    unknown = machine.get("/exports/00000000-0000-0000-0000-000000000000")
    assert (unknown.status_code, unknown.json["code"]) == (404, "export_unknown")


# --- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"from": "2026-04-01", "to": "2026-03-01"}, "to", "period_backwards"),
        ({"from": "1920-01-01", "to": "2026-03-01"}, "from", "period_too_long"),
        ({"from": "2026-03-10", "to": "2026-12-31"}, "from", "export_period_not_begun"),
        ({"format": "xls"}, "format", "not_one_of"),
        ({"what": "reporters"}, "what", "not_one_of"),
        ({"from": "yesterday"}, "from", "field_not_date"),
        ({"from": None}, "from", "field_null"),
        ({"columns": ["phone"]}, "columns", "field_unknown"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused_in_words(
    changed: dict[str, Any], field: str, code: str, machine: Caller
) -> None:
    wish = {"what": "reports", "format": "csv", **MARCH, **changed}
    answer = machine.call("POST", "/exports", json=wish)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [(field, code)]


def test_the_list_of_exports_shows_the_newest_first(filed: Filed, machine: Caller) -> None:
    ids = [ask(machine, what="reports", format=form, **MARCH)["id"] for form in ("csv", "parquet")]
    listed = machine.get("/exports", limit=1).json
    assert [one["id"] for one in listed["items"]] == [ids[1]]
    assert listed["next_cursor"]


def test_files_lie_apart_from_pictures(app: Flask, part: dict[str, Any]) -> None:
    """The sweep of pictures that no report names looks into their own folders only."""
    folder = Path(app.config["PHOTO_STORE"])
    assert list((folder / "exports").rglob("*.csv"))
