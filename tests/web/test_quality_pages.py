"""The quality of records on a page: what is worst, where, and the list behind each number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.core import clock
from reports_service.core.db import unit_of_work
from reports_service.domain.quality import BY_CODE, CHECKS, Group
from reports_service.statistics.interface.local import zone
from reports_service.statistics.quality import nightly
from reports_service.statistics.quality.kept import Figure
from reports_service.web.leader.failing_agencies import agencies, first_to_look_at
from reports_service.web.leader.grading import grade
from tests.personas import LIGHTS, STAFF, People
from tests.web.figured import DAYS, LATER, MARCH, Reader, asks_no_more, at_work

PAGE = f"/figures/quality?{MARCH}"
OF_LIGHTS = f"{PAGE}&agency={LIGHTS}"
_LINK = re.compile(r'<a href="(/figures/quality/reports\?[^"]+)"[^>]*>(\d+)</a> / (\d+)')
CODE = re.compile(r'<a class="code" href="/r/([\d-]+)">')


@pytest.fixture(scope="module", autouse=True)
def everybody(app: Flask, stage: Connection) -> People:
    people = at_work(app)
    with clock.moved_to(LATER), unit_of_work():
        nightly.count(zone())
    return people


@pytest.fixture
def people(everybody: People, clock_at: Callable[[datetime], None]) -> People:
    clock_at(LATER)
    return everybody


@pytest.fixture
def leader(app: Flask, people: People) -> Reader:
    return Reader.of(app, people.leader)


@pytest.mark.parametrize("path", [PAGE, OF_LIGHTS])
def test_every_number_opens_a_list_that_is_as_long_as_it_says(leader: Reader, path: str) -> None:
    numbers = {link: int(said) for link, said, _ in _LINK.findall(leader.page(path))}
    assert len(numbers) >= len(CHECKS)
    assert any(numbers.values())
    for link, said in numbers.items():
        behind = leader.page(link)
        counted = re.search(r"<h1>[^<]+: (\d+) lượt xử lý</h1>", behind)
        assert counted and int(counted[1]) == said, link
        hidden = re.search(r"Trong đó (\d+) phản ánh bảo mật", behind)
        assert len(CODE.findall(behind)) == said - (int(hidden[1]) if hidden else 0), link


def test_the_title_says_what_is_worst_and_each_of_the_four_says_how_it_stands(
    leader: Reader,
) -> None:
    page = leader.page(PAGE)
    title = re.search(r"<h1>([^<]*)</h1>", page)
    assert title and re.match(r"Chất lượng dữ liệu, tháng 03/2026 \(đến hôm nay\): \S", title[1])
    assert re.search(r"“[^”]+”.*\(?\d+ trên \d+ lượt\)", title[1])
    for name in ("Đúng", "Đủ", "Sạch", "Sống"):
        assert re.search(rf'<h2><a href="#[a-z]+">{name}</a>', page), name
    assert "Đếm lúc 09:00 30/03/2026" in page
    assert "Mọi đơn vị có lỗi" in page
    assert "Tốt: từ 95 % đạt trở lên" in page


def test_each_check_says_how_it_is_counted(leader: Reader) -> None:
    page, defined = leader.page(PAGE), leader.page("/figures/definitions")
    assert page.count("<summary>Tính thế nào?</summary>") == len(CHECKS)
    assert [one.code for one in CHECKS if f'<div id="{one.code}">' not in defined] == []


def test_what_had_nothing_to_check_has_a_dash_and_no_share(leader: Reader) -> None:
    page = leader.page(PAGE)
    rows = re.findall(r"<tr>(?:(?!</tr>).)*</tr>", page)
    nothing = [
        row[row.index("<strong>") :] for row in rows if "/ 0</td>" in row and "<strong>" in row
    ]
    assert nothing
    assert all("–" in share and "%" not in share for share in nothing)
    assert "Kiểm tra chưa có gì để đếm: " in page


def test_a_period_that_was_not_counted_says_so_and_shows_no_noughts(leader: Reader) -> None:
    page = leader.page("/figures/quality?from=2020-01-01&to=2020-01-31")
    assert "<h1>Chất lượng dữ liệu, tháng 01/2020: chưa được đếm</h1>" in page
    assert "chưa được đếm; số được đếm mỗi đêm" in page
    assert "/figures/quality/reports" not in page
    assert "0,0" not in page and "Tốt</span>" not in page
    assert "Đơn vị cần xem trước" not in page  # nobody knows


def test_an_earlier_night_has_numbers_and_says_why_there_is_no_list(
    leader: Reader, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(LATER + DAYS)
    nightly.count(zone())
    page = leader.page("/figures/quality?from=2026-03-01&to=2026-03-29")
    assert "được đếm theo đêm 29/03/2026: có con số, không có danh sách" in page
    assert "check=silent" not in page and "check=wrong_unit" in page


def test_one_agency_shows_its_own_records_and_how_long_ago_it_acted(leader: Reader) -> None:
    page = leader.page(OF_LIGHTS)
    assert re.search(r"<h1>Công ty [^:<]+: Chất lượng dữ liệu, ", page)
    assert "Từ động tác cuối của cán bộ đến lúc đếm" in page
    assert "Đơn vị cần xem trước" not in page
    assert f'<option value="{LIGHTS}" selected>' in page
    links = {link for link, _, _ in _LINK.findall(page)}
    assert links and all(f"agency={LIGHTS}" in link for link in links)


def test_officers_and_heads_see_the_records_of_their_own_agency(app: Flask, people: People) -> None:
    seen = {
        name: Reader.of(app, getattr(people, name)).client.get(PAGE).status_code for name in STAFF
    }
    assert {name for name, status in seen.items() if status != 200} == {
        "facilitator",
        "data_officer",
    }
    officer = Reader.of(app, people.officer)
    page = officer.page(PAGE)
    assert re.search(r"<h1>Công ty [^:<]+: Chất lượng dữ liệu, ", page)
    assert 'name="agency"' not in page and "/figures/five-groups" not in page
    assert "tại /figures" in officer.page(f"{PAGE}&agency=dien-luc", 403)
    officer.page("/figures/quality/reports?check=silent&agency=dien-luc", 403)
    behind = officer.page("/figures/quality/reports?check=silent")
    assert "Công ty" in behind and CODE.findall(behind)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("from=2026-13-01", 422, "phải là ngày"),
        ("from=2026-03-09&to=2026-03-01", 422, "field-to"),
        ("agency=khong-co", 404, "khong-co"),
        ("category=den-duong", 422, "category"),
    ],
)
def test_filters_that_cannot_be_meant_are_refused_in_words(
    leader: Reader, query: str, status: int, words: str
) -> None:
    assert words in leader.page(f"/figures/quality?{query}", status)
    assert words in leader.page(f"/figures/quality/reports?check=silent&{query}", status)


def test_what_a_page_does_not_know_is_left_out_one_tap_away(leader: Reader) -> None:
    for path in ("/figures/quality?category=den-duong", "/figures?agency=dien-luc"):
        (way,) = re.findall(r'<a href="([^"]+)"[^>]*>Tháng này</a>', leader.page(path, 422))
        leader.page(way)


def test_a_check_that_is_none_is_refused_in_words(leader: Reader) -> None:
    assert 'class="summary' in leader.page("/figures/quality/reports?check=vui", 422)


def test_a_list_says_what_changed_since_the_night(people: People, leader: Reader) -> None:
    path = f"/figures/quality/reports?check=silent&{MARCH}"
    first = CODE.findall(leader.page(path))[0]
    assert "dữ liệu đã đổi" not in leader.page(path)
    people.operator.does(first, "assignment", {"agency": "dien-luc", "reason": "x"})
    assert re.search(r"Lúc đếm \(09:00 30/03/2026\) có \d+ lượt; từ đó", leader.page(path))


def test_a_list_of_possible_duplicates_names_the_other_report(leader: Reader) -> None:
    page = leader.page(f"/figures/quality/reports?check=possible_duplicate&{MARCH}")
    assert re.search(
        r'Cách phản ánh <a href="/r/[\d-]+">[\d-]+</a> \d+ m, cùng lĩnh vực, gửi trước', page
    )


def test_a_list_is_read_page_by_page(leader: Reader) -> None:
    path, seen = f"/figures/quality/reports?check=silent&{MARCH}&limit=1", []
    while path:
        page = leader.page(path)
        seen += CODE.findall(page)
        further = re.search(r'<a class="button second" href="([^"]+)" rel="next">', page)
        path = further[1] if further else ""
    assert len(seen) == len(set(seen)) > 1


def test_records_are_said_in_english_too(app: Flask, people: People) -> None:
    reader = Reader.of(app, people.leader, "en")
    page = reader.page(PAGE)
    assert '<html lang="en">' in page
    assert "<h1>Quality of records in 03/2026 (so far): " in page
    assert "Counted at 09:00 30/03/2026" in page


def test_the_files_are_those_of_the_interface(people: People, leader: Reader) -> None:
    for path in (PAGE, OF_LIGHTS, f"/figures?{MARCH}", f"/figures/agencies/{LIGHTS}?{MARCH}"):
        (csv,) = re.findall(r'href="(/figures/quality\.csv[^"]*)"', leader.page(path))
        sent = leader.client.get(csv).data
        assert sent == people.leader.call("GET", csv.replace("/figures", "/stats")).data
        assert (f"agency={LIGHTS}" in csv) == (LIGHTS in path)
    # Filters that records are not counted by do not stand beside their file.
    assert "/figures/quality.csv" not in leader.page(f"/figures?{MARCH}&category=den-duong")


def test_every_page_of_figures_leads_to_the_others_with_its_period(leader: Reader) -> None:
    page = leader.page(f"/figures?{MARCH}&category=den-duong")
    assert f'<a href="/figures/quality?{MARCH}">' in page
    assert f'<a href="/figures/five-groups?{MARCH}&category=den-duong">' in page
    assert f'<a href="/figures?{MARCH}">' in leader.page(OF_LIGHTS)
    of_agency = leader.page(f"/figures/agencies/{LIGHTS}?{MARCH}")
    assert f'<a href="/figures/quality?{MARCH}&agency={LIGHTS}">' in of_agency


@pytest.mark.parametrize("path", ["/figures/quality", "/figures/quality/reports?check=silent"])
def test_a_page_asks_as_often_for_many_reports_as_for_few(
    path: str, people: People, leader: Reader
) -> None:
    asks_no_more(leader, people, path)


@dataclass
class Named:
    """An agency, as far as a page reads it."""

    code: str

    @property
    def names(self) -> dict[str, str]:
        return {"vi": self.code}


def found(count: int, of: int) -> list[dict[str, Any]]:
    """The groups of a row in which one check was counted."""
    figure = Figure(BY_CODE["silent"], count, of)
    return [{"group": Group.LIVE, "checks": [{"figure": figure, "asked": None}]}]


def table(in_all: tuple[int, int], **rows: tuple[int, int]) -> dict[str, Any]:
    """An answer with one check, in all and of each agency."""
    items = [{"agency": Named(name), "groups": found(*row)} for name, row in rows.items()]
    return {"total": found(*in_all), "items": items}


def test_who_fails_clearly_more_often_than_all_is_looked_at_first(app: Flask) -> None:
    answer = table(
        (40, 200), bad=(20, 25), worse=(95, 100), usual=(5, 20), few=(9, 9), good=(0, 40)
    )
    with app.test_request_context("/figures/quality"):
        first = first_to_look_at(answer, "vi")
        rows = agencies(answer, "vi")
    assert [one.name for one in first] == ["worse", "bad"]
    assert {one.name for one in rows.rows} == {"bad", "worse", "usual", "few"}
    assert rows.others == 1


@pytest.mark.parametrize(
    ("share", "of", "tone"),
    [(None, 0, ""), (0.5, 9, ""), (0.95, 10, "good"), (0.94, 10, "soon"), (0.8, 10, "soon"),
     (0.79, 10, "late")],
)  # fmt: skip
def test_a_share_is_graded_as_on_the_map_and_only_from_enough(
    share: float | None, of: int, tone: str
) -> None:
    assert grade(share, of) == tone
