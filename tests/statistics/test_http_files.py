"""/stats as .csv and .xlsx: the same rows as in JSON, for the same people."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reports_service.core.db import db
from reports_service.domain.measures import DEFINITIONS
from reports_service.domain.roles import Role
from reports_service.reports.codes import grouped
from reports_service.statistics import lists
from reports_service.statistics.interface import downloads, spreadsheets
from reports_service.statistics.interface.downloads import OFFERS
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.opened import csv_rows, xlsx_sheets
from tests.statistics.rows import Province
from tests.statistics.typical import NOW, Headers, filed, get, resolved, still_open, varied

TABLES = ("agencies", "agencies/long-hoa", "categories", "areas", "channels", "trend", "backlog",
          "five-groups", "assignments", "definitions")  # fmt: skip
PERIOD = "from=2026-11-20&to=2026-12-04"


def fetched(client: FlaskClient, path: str, headers: Headers) -> TestResponse:
    answer = client.get(f"/api/v1/stats/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def asked(table: str, **more: str) -> str:
    """The query that a table is asked with in these tests."""
    query = "" if table == "definitions" else PERIOD
    if table == "assignments":
        query += "&measure=received"
    return "&".join([query, *(f"{name}={value}" for name, value in more.items())])


def table_of(content: bytes) -> list[dict[str, str]]:
    """The rows below the heading, by the names of their columns; names may stand there twice."""
    found = csv_rows(content)
    begins = found.index([]) + 1
    return [dict(zip(found[begins], row, strict=True)) for row in found[begins + 1 :]]


def above(content: bytes) -> dict[str, str]:
    """What the lines above the table say."""
    found = csv_rows(content)
    return {row[0]: row[1] for row in found[: found.index([])]}


def test_every_table_is_offered_as_a_file() -> None:
    assert {one.rule.replace("<code>", "long-hoa") for one in OFFERS} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_both_forms_hold_the_same_rows(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, varied())
    query = asked(table, compare="both") if table in ("agencies", "areas") else asked(table)
    as_csv = fetched(client, f"{table}.csv?{query}", leader)
    as_xlsx = fetched(client, f"{table}.xlsx?{query}", leader)
    lines = [line for line in csv_rows(as_csv.data) if any(line)]
    sheets = xlsx_sheets(as_xlsx.data)
    first = [row for row in next(iter(sheets.values())) if row]
    for line, row in zip(lines, first, strict=True):
        shown = [cell for cell in row.values() if cell.text]
        assert len(shown) == sum(map(bool, line))
        for text, cell in zip(filter(None, line), shown, strict=True):
            assert cell.kind == "n" or cell.text == text.removeprefix("'")
    assert len(sheets["Định nghĩa"]) == len(DEFINITIONS) + 1
    assert len(sheets) == (1 if table == "definitions" else 2)


@pytest.mark.parametrize("table", ["agencies", "categories", "areas", "channels"])
def test_a_file_has_the_rows_of_the_table_and_the_total_first(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, varied())
    body = get(client, f"/stats/{table}?{PERIOD}&channel=app", leader)[1]
    answer = fetched(client, f"{table}.csv?{PERIOD}&channel=app", leader)
    found = table_of(answer.data)
    for line, row in zip(found, [body["total"], *body["items"]], strict=True):
        assert line["Tiếp nhận"] == str(row["received"])
        rate = row["on_time_rate"]
        assert line["Tỷ lệ đúng hạn"] == ("" if rate is None else str(round(rate, 4)))
        median = row["hours_to_resolve"]["elapsed"]["median"]
        shown = line["Thời gian đến khi có kết quả (giờ): giờ thường, trung vị"]
        assert shown == ("" if median is None else str(round(median, 1)))
    assert found[0]["Lời hẹn đến ngày"] == str(body["promises"]["promises_due"])
    said = above(answer.data)
    assert said["Kỳ số liệu"] == "20/11/2026 – 04/12/2026"
    assert said["Số liệu tính đến"] == "04/12/2026 11:00:00"
    assert said["Kênh"] == "app (Ứng dụng di động)"


def test_a_file_is_named_and_typed(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    answer = fetched(client, f"agencies.csv?{PERIOD}", leader)
    assert answer.content_type == "text/csv; charset=utf-8"
    disposition = "attachment; filename=1022-80-agencies-2026-11-20-2026-12-04.csv"
    assert answer.headers["Content-Disposition"] == disposition
    answer = fetched(client, f"agencies/long-hoa.xlsx?{PERIOD}", leader)
    assert answer.mimetype == downloads.XLSX
    assert "1022-80-agency-long-hoa-2026-11-20-2026-12-04.xlsx" in answer.headers[
        "Content-Disposition"
    ]  # fmt: skip


def test_headings_are_in_the_language_that_the_link_asks_for(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    found = table_of(fetched(client, f"agencies.csv?{PERIOD}&lang=en", leader).data)
    assert found[0]["Agency"] == "All"
    assert "On time" in found[0]
    english = {**leader, "Accept-Language": "en"}
    assert "On time" in table_of(fetched(client, "agencies.csv", english).data)[0]


def test_the_list_behind_a_number_is_whole_in_a_file_but_for_what_is_restricted(
    client: FlaskClient, province: Province, leader: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 2)
    kept = [filed(resolved(), category="rac") for _ in range(5)]
    rows.write(province, [*kept, filed(still_open(), restricted=True)])
    answer = fetched(client, "assignments.csv?measure=received", leader)
    found = table_of(answer.data)
    assert sorted(one["Mã phản ánh"] for one in found) == sorted(grouped(one.code) for one in kept)
    said = above(answer.data)
    assert (said["Số lượt"], said["Trong đó bảo mật, không liệt kê"]) == ("6", "1")
    assert found[0]["Kết cục"] == "Có kết quả"
    assert found[0]["Đúng hạn"] == "có"
    assert found[0]["Nhận lúc"] == f"{NOW - 6 * (NOW - NOW.replace(day=3)):%Y-%m-%d} 11:00"


def test_a_list_too_long_for_excel_is_refused_with_a_way_out(
    client: FlaskClient, province: Province, leader: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "XLSX_ROWS", 1)
    rows.write(province, [filed(resolved()) for _ in range(2)])
    status, problem = get(client, "/stats/assignments.xlsx?measure=received", leader)
    assert (status, problem["code"]) == (422, "sheet_too_long")
    assert "CSV" in problem["detail"]
    assert len(table_of(fetched(client, "assignments.csv?measure=received", leader).data)) == 2


def test_a_code_of_a_file_is_one_that_a_filter_takes(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(resolved()), filed(resolved(), category="rac", area="25630")])
    for table, name in (("categories", "category"), ("areas", "area")):
        lines = table_of(fetched(client, f"{table}.csv?{PERIOD}", leader).data)[1:]
        assert "-" in {line["Mã"] for line in lines}
        for line in lines:
            own = fetched(client, f"agencies.csv?{PERIOD}&{name}={line['Mã']}", leader)
            assert table_of(own.data)[0]["Tiếp nhận"] == line["Tiếp nhận"], line["Mã"]


def test_channels_lie_within_nothing(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    columns = {
        table: set(table_of(fetched(client, f"{table}.csv", leader).data)[0])
        for table in ("categories", "areas", "channels")
    }
    within = {table for table, names in columns.items() if "Thuộc" in names}
    assert within == {"categories", "areas"}


def test_a_name_that_looks_like_a_formula_is_shown_as_text(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    province.agencies["long-hoa"].names = {"vi": "=1+1", "en": "=1+1"}
    db.session.commit()
    rows.write(province, [filed(resolved())])
    found = table_of(fetched(client, "agencies.csv", leader).data)
    assert "'=1+1" in {line["Đơn vị"] for line in found}
    sheet = next(iter(xlsx_sheets(fetched(client, "agencies.xlsx", leader).data).values()))
    cells: list[Any] = [cell for row in sheet for cell in row.values()]
    assert "=1+1" in {cell.text for cell in cells}
    assert all(cell.formula is None for cell in cells)


def test_files_are_for_the_same_people(client: FlaskClient, province: Province) -> None:
    officer = signed_in(Role.OFFICER, province.agencies["long-hoa"])
    fetched(client, "agencies/long-hoa.csv", officer)
    fetched(client, "assignments.xlsx?measure=due&agency=long-hoa", officer)
    fetched(client, "definitions.csv", {})
    for table in TABLES[:-1]:
        for ending in ("csv", "xlsx"):
            path = f"/api/v1/stats/{table}.{ending}?{asked(table)}"
            assert client.get(path).status_code == 401, path


def test_who_hangs_up_in_the_middle_of_a_list_leaves_nothing_behind(
    client: FlaskClient, province: Province, leader: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 2)
    monkeypatch.setattr(spreadsheets, "CHUNK", 10)
    rows.write(province, [filed(resolved()) for _ in range(9)])
    for ending in ("csv", "xlsx"):
        answer = client.get(
            f"/api/v1/stats/assignments.{ending}?measure=received", headers=leader, buffered=False
        )
        assert next(answer.iter_encoded())
        answer.close()
    assert get(client, "/stats/agencies", leader)[0] == 200
