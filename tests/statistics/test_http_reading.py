"""Tables and files of figures as people read them: names, units, totals, and ways on."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from reports_service.domain.roles import Role
from reports_service.reports.codes import grouped
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.opened import csv_rows, xlsx_sheets
from tests.statistics.rows import Province
from tests.statistics.test_http_files import above, fetched, table_of
from tests.statistics.typical import DAY, NOW, Headers, filed, get, resolved, still_open, varied

NOVEMBER = "from=2026-11-01&to=2026-11-30"


def test_one_agency_is_named_in_its_answer_and_above_its_file(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    body = get(client, "/stats/agencies/long-hoa", leader)[1]
    assert body["agency"] == {"code": "long-hoa", "name": "vi long-hoa", "kind": "committee"}
    content = fetched(client, "agencies/long-hoa.csv", leader).data
    assert csv_rows(content)[0][0] == "Số liệu của vi long-hoa"
    assert above(content)["Đơn vị"] == "long-hoa (vi long-hoa)"


def test_a_change_under_percent_is_a_number_of_percent(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    october = [filed(resolved(by=NOW - 40 * DAY)) for _ in range(4)]
    long_ago = filed(resolved(by=NOW - 800 * DAY))
    rows.write(province, [long_ago, *october, filed(resolved(by=NOW - 10 * DAY))])
    query = f"{NOVEMBER}&compare=previous"
    change = get(client, f"/stats/agencies?{query}", leader)[1]["total"]["previous"]["change"]
    assert change["due"] == -0.75
    title = "Đến hạn, Kỳ trước: thay đổi (%)"
    assert table_of(fetched(client, f"agencies.csv?{query}", leader).data)[0][title] == "-75.0"
    sheet = next(iter(xlsx_sheets(fetched(client, f"agencies.xlsx?{query}", leader).data).values()))
    head = next(row for row in sheet if title in {cell.text for cell in row.values()})
    column = next(letter for letter, cell in head.items() if cell.text == title)
    total = sheet[sheet.index(head) + 1][column]
    assert (float(total.text), total.number_format) == (-0.75, "0.0 %")


def test_the_unit_of_a_change_and_what_is_counted_are_defined(client: FlaskClient) -> None:
    body = client.get("/api/v1/stats/definitions").get_json()
    units = {one["code"]: (one["change_unit"], one["counts"]) for one in body["items"]}
    assert units["on_time_rate"] == ("percentage_points", "assignments")
    assert units["received"] == ("fraction_of_then", "by_row")
    assert units["satisfaction"] == ("stars", "assignments")
    assert units["promises_due"] == (None, "reports")


def test_the_backlog_has_a_total_and_no_period(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(still_open()), filed(still_open("tan-ninh", by=NOW + DAY))])
    body = get(client, "/stats/backlog?from=2026-11-01", leader)[1]
    total = body["total"]
    assert (total["open"], total["paused"], total["overdue"]) == (2, 0, 1)
    assert {"from_days": 3, "to_days": 7, "count": 2}.items() <= total["age"][2].items()
    assert (total["longest_overdue_hours"], total["next_deadline"]) == (24, "2026-12-05T04:00:00Z")
    assert "period" not in body
    assert "«from» và «to» không làm thay đổi" in body["notes"][0]
    link = body["assignments"].replace("{measure}", "open")
    assert client.get(link, headers=leader).get_json()["count"] == 2
    content = fetched(client, "backlog.csv", leader).data
    assert [line["Đơn vị"] for line in table_of(content)] == [
        "Toàn bộ", "vi long-hoa", "vi tan-ninh",
    ]  # fmt: skip
    assert table_of(content)[0]["Đang giữ"] == "2"
    assert "Kỳ số liệu" not in above(content)


def test_an_empty_backlog_has_a_total_of_nothing(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    total = get(client, "/stats/backlog", leader)[1]["total"]
    assert (total["open"], total["oldest_opened_at"], total["next_deadline"]) == (0, None, None)
    assert [one["count"] for one in total["age"]] == [0] * len(total["age"])


def test_the_course_shows_promises_and_takes_a_kind(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    query = "from=2026-11-20&to=2026-12-04"
    for part in ("", "&kind=department"):
        body = get(client, f"/stats/trend?by=week&{query}{part}", leader)[1]
        table = get(client, f"/stats/agencies?{query}{part}", leader)[1]
        for code in ("promises_due", "promises_kept", "promises_without_reply"):
            assert sum(row["promises"][code] for row in body["items"]) == table["promises"][code]
        assert sum(row["due"] for row in body["items"]) == table["total"]["due"]
        signs = sum(row["hours_to_first_sign"]["n"] for row in body["items"])
        assert signs == table["total"]["hours_to_first_sign"]["n"]
    assert "Lời hẹn đến ngày" in table_of(fetched(client, f"trend.csv?{query}", leader).data)[0]
    own = get(client, f"/stats/trend?{query}&agency=long-hoa", leader)[1]["items"][0]
    assert "promises" not in own
    assert "hours_to_first_sign" not in own


def test_codes_of_reports_are_grouped_as_everywhere(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    one = filed(resolved())
    rows.write(province, [one])
    body = get(client, "/stats/assignments?measure=received", leader)[1]
    assert [item["report"] for item in body["items"]] == [grouped(one.code)]


def test_a_parent_by_itself_shows_the_filter_that_leads_to_it(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    found = table_of(fetched(client, "categories.csv", leader).data)
    assert {"ha-tang", "ha-tang/-", "den-duong"} <= {line["Mã"] for line in found}
    own = table_of(fetched(client, "agencies/long-hoa.csv", leader).data)
    assert "ha-tang/-" in {line["Mã"] for line in own}


def test_lines_above_a_table_name_its_filters_and_count_in_numbers(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    query = "category=ha-tang/-&area=80&kind=committee&channel=hotline"
    said = above(fetched(client, f"agencies.csv?{query}", leader).data)
    assert said["Lĩnh vực"] == "ha-tang/- (Riêng vi ha-tang)"
    assert said["Địa bàn"] == "80 (vi 80)"
    assert said["Loại đơn vị"] == "committee (Ủy ban nhân dân xã, phường)"
    assert "«Tiếp nhận», «Trong đó trùng» và «Tái diễn» đếm phản ánh" in said["Đơn vị đếm"]
    without = above(fetched(client, "areas.csv?category=-&area=-", leader).data)
    assert without["Lĩnh vực"] == "'- (Chưa chọn lĩnh vực)"
    answer = fetched(client, "assignments.xlsx?measure=received", leader)
    lines = next(iter(xlsx_sheets(answer.data).values()))
    (count,) = (row["B"] for row in lines if row.get("A") and row["A"].text == "Số lượt")
    assert (count.kind, count.text) == ("n", str(len(varied())))


def test_definitions_begin_with_their_headings_and_tables_can_be_filtered(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    assert csv_rows(fetched(client, "definitions.csv", {}).data)[0][0] == "Mã"
    content = fetched(client, "agencies.xlsx", leader).data
    assert xlsx_sheets(content)["Định nghĩa"][0]["A"].text == "Mã"
    with ZipFile(BytesIO(content)) as archive:
        for number in (1, 2):
            assert b"<autoFilter ref=" in archive.read(f"xl/worksheets/sheet{number}.xml")


def test_the_language_is_heard_when_something_else_is_wrong(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    for table in ("agencies", "trend.csv", "assignments"):
        problem = get(client, f"/stats/{table}?lang=en&channel=pigeon&measure=due", leader)[1]
        said = next(one for one in problem["errors"] if one["field"] == "channel")
        assert "pigeon" in said["detail"] or "one of" in said["detail"]


@pytest.mark.parametrize(
    ("by", "advice"),
    [
        ("day", "xin chọn đoạn dài hơn (week, month) hoặc kỳ ngắn hơn."),
        ("week", "xin chọn đoạn dài hơn (month) hoặc kỳ ngắn hơn."),
        ("month", "xin chọn kỳ ngắn hơn."),
    ],
)
def test_too_many_spans_advises_only_what_helps(
    client: FlaskClient, province: Province, leader: Headers, by: str, advice: str
) -> None:
    problem = get(client, f"/stats/trend?by={by}&from=1950-01-01", leader)[1]
    assert problem["code"] == "too_many_spans"
    assert problem["detail"].endswith(advice)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
@pytest.mark.parametrize("table", ["agencies", "categories.csv", "backlog", "five-groups.xlsx"])
def test_who_sees_one_agency_only_is_shown_the_way_there(
    client: FlaskClient, province: Province, role: Role, table: str
) -> None:
    someone = signed_in(role, province.agencies["long-hoa"])
    status, problem = get(client, f"/stats/{table}", someone)
    assert (status, problem["code"]) == (403, "figures_not_yours")
    assert "/stats/agencies/long-hoa" in problem["detail"]


@pytest.mark.parametrize("table", ["agencies", "categories", "channels"])
def test_filters_that_nothing_fits_are_said_in_words(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, varied())
    body = get(client, f"/stats/{table}?channel=open311&lang=en", leader)[1]
    assert body["notes"] == ["Nothing fits these filters in this period."]
    assert get(client, f"/stats/{table}?channel=app", leader)[1]["notes"] == []
