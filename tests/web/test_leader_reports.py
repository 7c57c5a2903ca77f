"""What is behind a number, closed months, definitions, and the tables as files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.core.auth import Actor
from reports_service.domain.measures import DEFINITIONS
from reports_service.domain.roles import Role
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.local import zone
from tests.personas import MONDAY, People, work_outbox
from tests.web.figured import DAYS, LATER, MARCH, Reader, asks_no_more, at_work

CODE = re.compile(r'<a class="code" href="/r/([\d-]+)">')


@pytest.fixture(scope="module", autouse=True)
def everybody(app: Flask, stage: Connection) -> People:
    return at_work(app)


@pytest.fixture
def people(everybody: People, clock_at: Callable[[datetime], None]) -> People:
    clock_at(LATER)
    return everybody


@pytest.fixture
def leader(app: Flask, people: People) -> Reader:
    return Reader.of(app, people.leader)


def test_a_list_is_read_page_by_page_and_names_each_once(leader: Reader) -> None:
    path, seen = f"/figures/reports?measure=due&{MARCH}&limit=3", []
    while path:
        page = leader.page(path)
        seen += CODE.findall(page)
        further = re.search(r'<a class="button second" href="([^"]+)" rel="next">', page)
        path = further[1] if further else ""
    whole = CODE.findall(leader.page(f"/figures/reports?measure=due&{MARCH}&limit=200"))
    assert seen == whole
    assert len(seen) > 6


def test_a_list_says_which_number_of_what_and_when(leader: Reader) -> None:
    page = leader.page(f"/figures/reports?measure=due&{MARCH}&category=den-duong")
    assert re.search(r"<h1>Đến hạn: \d+ lượt xử lý</h1>", page)
    assert "tháng 03/2026 (đến hôm nay) · Lĩnh vực: Đèn đường" in page
    assert "Đúng hạn" in page and "Trễ hạn" in page
    now = leader.page(f"/figures/reports?measure=overdue&{MARCH}&overdue_from_days=7")
    assert "tại lúc này · Quá hạn từ 7 ngày trở lên" in now


def test_restricted_reports_are_counted_and_not_listed(leader: Reader) -> None:
    page = leader.page(f"/figures/reports?measure=received&{MARCH}&limit=200")
    said = re.search(r"<h1>Tiếp nhận: (\d+) phản ánh</h1>", page)
    assert said and int(said[1]) == len(CODE.findall(page)) + 1
    assert "Trong đó 1 phản ánh bảo mật" in page
    assert "khiếu nại" not in page.lower()


def test_a_number_without_reports_says_so_and_leads_back(leader: Reader) -> None:
    page = leader.page(f"/figures/reports?measure=due&{MARCH}&channel=zalo")
    assert "Không có phản ánh nào đứng sau con số này." in page
    assert f'href="/figures?{MARCH}&channel=zalo"' in page


@pytest.mark.parametrize("query", ["", "measure=vui", "measure=due&age_from_days=3", "cursor=x"])
def test_a_number_that_is_none_is_refused_in_words(leader: Reader, query: str) -> None:
    page = leader.page(f"/figures/reports?{query}", 422)
    assert 'class="summary' in page
    assert 'href="/figures"' in page


def test_a_list_asks_as_often_for_many_reports_as_for_few(people: People, leader: Reader) -> None:
    asks_no_more(leader, people, "/figures/reports?measure=received")


def test_files_are_those_of_the_interface(people: People, leader: Reader) -> None:
    for narrowed in ("", "&kind=utility", "&category=den-duong&area=25630&channel=app"):
        page = leader.page(f"/figures?{MARCH}{narrowed}")
        own = re.findall(r'href="(/figures/[a-z-]+\.csv[^"]*)"', page)
        assert len(own) == (7 if narrowed else 8)  # records are narrowed by the period alone
        assert all(narrowed in path for path in own)
        for path in own:
            _is_that_of_the_interface(path, people, leader)
    sheet = leader.client.get(f"/figures/assignments.xlsx?measure=due&{MARCH}")
    assert sheet.data.startswith(b"PK")


def _is_that_of_the_interface(path: str, people: People, leader: Reader) -> None:
    file = leader.client.get(path)
    sent = file.data  # read to its end before anything else is asked
    assert (file.status_code, file.mimetype) == (200, "text/csv"), path
    assert sent == people.leader.call("GET", path.replace("/figures", "/stats")).data


def test_a_month_says_whether_it_is_closed(
    leader: Reader, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(MONDAY + 40 * DAYS)
    work_outbox()
    assert "Chưa chốt số liệu tháng: 03/2026" in leader.page(f"/figures?{MARCH}")
    assert "Chưa có tháng nào được chốt" in leader.page("/figures/months")
    closing.close(Actor(role=Role.ADMIN, name="An"), Month(2026, 3), zone(), tell=False)
    assert "Số liệu tháng 03/2026 đã chốt" in leader.page(f"/figures?{MARCH}")
    months = leader.page("/figures/months")
    assert '<h2><a href="/figures/months/2026-03">Tháng 03/2026</a></h2>' in months
    assert 'href="/figures/months/2026-03.pdf"' in months
    pdf = leader.client.get("/figures/months/2026-03.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("narrowed", ["kind=utility", "category=den-duong", "channel=app"])
def test_filtered_figures_are_not_said_to_be_the_closed_ones(
    leader: Reader, clock_at: Callable[[datetime], None], narrowed: str
) -> None:
    clock_at(MONDAY + 40 * DAYS)
    work_outbox()
    closing.close(Actor(role=Role.ADMIN, name="An"), Month(2026, 3), zone(), tell=False)
    assert "giống bản đã chốt" in leader.page(f"/figures?{MARCH}")
    page = leader.page(f"/figures?{MARCH}&{narrowed}")
    assert "Số liệu tháng 03/2026 của toàn tỉnh đã chốt" in page
    assert "không có bản chốt để so" in page
    assert "giống bản đã chốt" not in page


def test_a_month_that_is_none_is_refused_on_a_page(leader: Reader) -> None:
    assert "không phải là tháng" in leader.page("/figures/months/x.pdf", 422)


def test_every_measure_is_defined(leader: Reader) -> None:
    page = leader.page("/figures/definitions")
    assert [one.code for one in DEFINITIONS if f'<div id="{one.code}">' not in page] == []
    formulas = re.findall(r'</dd><dd class="formula small">.*?<code>(.*?)</code></dd>', page)
    assert formulas == [one.formula for one in DEFINITIONS]  # apart from the words
