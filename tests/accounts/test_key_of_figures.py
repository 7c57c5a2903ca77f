"""The scope ``figures``: figures, and lists of codes and dates behind them; no report."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.test_api_keys import caller
from tests.personas import CONTACT, LIGHTS, Caller, Filed, People, work_outbox
from tests.statistics.opened import xlsx_sheets

RESTRICTED = "lua-dao"
DAYS = "from=2026-03-01&to=2026-03-31"
BEHIND = "/stats/assignments"
LISTS = (
    f"{BEHIND}?{DAYS}&measure=received",
    f"{BEHIND}.csv?{DAYS}&measure=received",
    f"{BEHIND}.xlsx?{DAYS}&measure=received",
    f"/stats/quality/assignments?{DAYS}&check=wrong_unit",
    f"/stats/agencies/{LIGHTS}?{DAYS}",
    "/stats/backlog",
)
SECRETS = (
    "Lê Hoà", "0912345678", "hoa@vidu.vn", "Đèn tắt", "trước số 12", "ghi chú kín", "Tố cáo",
)  # fmt: skip
ONLY = {
    "report", "number", "agency", "triage", "opened_at", "acknowledge_by", "acknowledged_at",
    "own_resolve_by", "resolve_by", "resolved_at", "resolution_kind", "ended_at", "outcome",
    "reopened_at", "rating", "met",
}  # fmt: skip


@pytest.fixture
def filed(people: People) -> dict[str, Filed]:
    """Reports with a reporter and internal notes, by what became of them."""
    found = {name: people.file(reporter=CONTACT) for name in ("open", "moved", "hidden")}
    people.officer.does(found["open"].code, "notes", {"note": "ghi chú kín"})
    put = {"note": "ghi chú kín"}
    people.head.does(found["moved"].code, "classification", {"category": "tieng-on", **put})
    people.operator.does(found["hidden"].code, "classification", {"category": RESTRICTED, **put})
    work_outbox()
    return {**found, "always hidden": people.file(category=RESTRICTED)}


@pytest.fixture
def machine(people: People) -> Caller:
    return caller(people, "figures")


def read(machine: Caller, path: str) -> str:
    """The answer as text, of a workbook all its cells."""
    answer = machine.call("GET", path)
    assert answer.status_code == 200, answer.text
    if ".xlsx" not in path:
        return answer.data.decode()
    sheets = xlsx_sheets(answer.data)
    return "\n".join(cell.text for rows in sheets.values() for row in rows for cell in row.values())


def bare(filed: Filed) -> str:
    """The code as it is kept; lists group it as people read it."""
    return filed.code.replace("-", "")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_behind_a_figure_tells_nothing_of_people_or_of_hidden_reports(
    path: str, filed: dict[str, Filed], machine: Caller
) -> None:
    said = read(machine, path)
    assert [secret for secret in SECRETS if secret in said] == []
    listed = {name for name, one in filed.items() if one.code in said or bare(one) in said}
    assert listed
    assert listed <= {"open", "moved"}


def test_a_line_behind_a_figure_has_codes_dates_and_ratings_only(
    filed: dict[str, Filed], machine: Caller
) -> None:
    listed: list[dict[str, Any]] = [
        *machine.call("GET", LISTS[0]).json["items"],
        *machine.get("/stats/backlog").json["open_next"],
        *machine.get(f"/stats/agencies/{LIGHTS}").json["open_next"],
    ]
    assert {line["report"] for line in listed} == {filed["open"].code, filed["moved"].code}
    assert {name for line in listed for name in line} == ONLY


def test_a_key_for_figures_opens_a_report_no_further_than_the_public(
    filed: dict[str, Filed], people: People, machine: Caller
) -> None:
    for name in ("open", "moved"):
        assert machine.report(filed[name].code) == people.public.report(filed[name].code)
    for name in ("hidden", "always hidden"):
        assert machine.get(f"/reports/{filed[name].code}").status_code == 404
