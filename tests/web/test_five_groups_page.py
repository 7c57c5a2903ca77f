"""The five groups of Decision 766 on a page: what speaks to each, and what cannot be measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.domain.five_groups import FIVE_GROUPS
from reports_service.web.leader.groups_of_agencies import first_to_look_at
from tests.personas import STAFF, People
from tests.web.figured import LATER, MARCH, Reader, asks_no_more, at_work, measure_of

PAGE = f"/figures/five-groups?{MARCH}"


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


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}&kind=utility&category=den-duong"])
def test_every_number_opens_a_list_that_is_as_long_as_it_says(leader: Reader, path: str) -> None:
    numbers = set(leader.numbers(path))
    assert any(said for _, said in numbers)
    assert [(link, said) for link, said in numbers if leader.counted(link) != said] == []


def test_each_group_says_what_is_measured_and_what_is_not_and_why(leader: Reader) -> None:
    page = leader.page(PAGE)
    assert page.count("Không đo được: ") == len(FIVE_GROUPS)
    assert "1 nhóm đo được một phần, 3 nhóm có con số tương tự, 1 nhóm không đo được" in page
    assert "Trang này không cho điểm" in page
    for number, group in enumerate(FIVE_GROUPS, 1):
        assert f'<h2 id="{group.code}">{number}. ' in page
        assert f"Quyết định cho tối đa {group.points} điểm" in page
    digitisation = page[page.index('<h2 id="digitisation">') : page.index('<h2 id="online')]
    assert "Không đo được ở đây" in digitisation and "/figures/reports" not in digitisation


def test_the_title_says_which_group_to_look_at_or_that_nobody_can_tell(leader: Reader) -> None:
    (title,) = re.findall(r"<h1>([^<]*)</h1>", leader.page(PAGE))
    assert re.fullmatch(
        r"Năm nhóm chỉ số, tháng 03/2026 \(đến hôm nay\): "
        r"(cần chấn chỉnh|cần để ý) “[^”]+” \([^:]+: \d+,\d\N{NO-BREAK SPACE}%\)",
        title,
    )
    (few,) = re.findall(r"<h1>([^<]*)</h1>", leader.page(f"{PAGE}&category=nap-ho-ga"))
    assert few.endswith("còn ít số liệu để đánh giá")


def test_the_words_of_online_services_lead_to_the_table_of_channels(
    people: People, leader: Reader
) -> None:
    groups = people.leader.get("/stats/five-groups").get_json()["groups"]
    (words,) = [one["measured"] for one in groups if one["code"] == "online_services"]
    (address,) = re.findall(r"\((/[^)]+)\)", words)
    path, _, place = address.partition("#")
    page = leader.page(f"{path}?{MARCH}")
    assert f'id="{place}"' in page and f'href="#{place}"' in page
    assert "/stats/channels" not in page
    assert "Ứng dụng di động" in page[page.index(f'id="{place}"') :]
    received = [one for one in leader.numbers(PAGE) if measure_of(one[0]) == "received"]
    of_channels = {link: said for link, said in received if "channel=" in link}
    others = {said for link, said in received if "channel=" not in link and "agency=" not in link}
    assert sum(of_channels.values()) == max(others)


def test_a_kind_of_agency_has_no_channels_and_says_how_to_see_them(leader: Reader) -> None:
    page = leader.page(f"{PAGE}&kind=utility")
    assert 'id="channels"' not in page
    assert f'<a href="/figures/five-groups?{MARCH}#channels">bỏ lọc loại đơn vị' in page


def test_nothing_to_count_is_said_and_is_neither_nothing_nor_all(leader: Reader) -> None:
    page = leader.page(f"{PAGE}&channel=zalo")
    assert "chưa có phản ánh nào để đếm" in page
    assert "0,0" not in page and "100,0" not in page


def test_leaders_operators_and_administrators_see_it(app: Flask, people: People) -> None:
    seen = {
        name: Reader.of(app, getattr(people, name)).client.get(PAGE).status_code for name in STAFF
    }
    assert {name for name, status in seen.items() if status == 200} == {
        "leader",
        "operator",
        "admin",
    }
    assert "tại /figures" in Reader.of(app, people.officer).page(PAGE, 403)


def test_the_five_groups_are_said_in_english_too(app: Flask, people: People) -> None:
    page = Reader.of(app, people.leader, "en").page(PAGE)
    assert '<html lang="en">' in page
    assert "<h1>Five groups in 03/2026 (so far): " in page
    assert page.count("Not measured: ") == len(FIVE_GROUPS)


def test_filters_that_cannot_be_meant_are_refused_in_words(leader: Reader) -> None:
    assert "phải là ngày" in leader.page("/figures/five-groups?from=2026-13-01", 422)
    assert "khong-co" in leader.page("/figures/five-groups?category=khong-co", 404)


def test_the_page_asks_as_often_for_many_reports_as_for_few(people: People, leader: Reader) -> None:
    asks_no_more(leader, people, "/figures/five-groups")


def row(name: str, share: float, due: int) -> dict[str, Any]:
    """An agency's row, as far as it is read."""
    return {
        "agency": {"code": name, "name": name, "kind": "utility"},
        "assignments": f"/list?agency={name}&measure={{measure}}",
        "progress": {"on_time_rate": share, "due": due},
        "online_services": {"received": due},
    }


def first(app: Flask, group: str, measure: str, of: str, rows: list[dict[str, Any]]) -> str | None:
    answer = {"items": rows, "total": row("all", 0.8, 100)}
    with app.test_request_context("/figures/five-groups"):
        place = first_to_look_at(group, measure, of, answer, "vi")
    return place and place.name


def test_the_lowest_that_is_counted_from_enough_is_looked_at_first(app: Flask) -> None:
    rows = [row("few", 0.1, 9), row("low", 0.5, 40), row("chance", 0.6, 10), row("good", 0.9, 50)]
    assert first(app, "progress", "on_time_rate", "due", rows) == "chance"
    rows[2] = row("chance", 0.79, 10)
    assert first(app, "progress", "on_time_rate", "due", rows[:2]) == "low"
    assert first(app, "progress", "on_time_rate", "due", [row("good", 0.9, 50)]) is None
    assert first(app, "online_services", "received", "received", rows) is None
