"""The pages of figures: every number is true and leads to its reports; who sees which."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.web.leader.whole import IN_TABLE
from tests.personas import LIGHTS, STAFF, People
from tests.web.figured import LATER, MARCH, Reader, asks_no_more, at_work, measure_of

PAGES = (
    f"/figures?{MARCH}",
    f"/figures?{MARCH}&category=den-duong&channel=app",
    f"/figures?{MARCH}&kind=utility",
    f"/figures/agencies?{MARCH}",
    f"/figures/agencies/{LIGHTS}?{MARCH}",
    f"/figures/agencies/trung-tam-1022?{MARCH}",
)
OTHERS = ("/figures/months", "/figures/definitions", "/figures/quality", "/figures/five-groups")


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


def test_every_number_opens_a_list_that_is_as_long_as_it_says(leader: Reader) -> None:
    something: dict[str, int] = {}  # one list stands behind numbers of several pages
    nothing: dict[object, str] = {}  # of hundreds one for each measure and each way to narrow
    for path in PAGES:
        numbers = set(leader.numbers(path))
        assert any(said for _, said in numbers), path
        for link, said in numbers:
            if said:
                assert something.setdefault(link, said) == said, (path, link)
            else:
                nothing.setdefault(measure_of(link), link)
                nothing.setdefault(frozenset(parse_qs(urlsplit(link).query)), link)
    walked = something | dict.fromkeys(nothing.values(), 0)
    assert [(link, said) for link, said in walked.items() if leader.counted(link) != said] == []


def test_every_share_opens_the_list_of_what_it_is_a_share_of(leader: Reader) -> None:
    links = leader.links(f"/figures?{MARCH}")
    whole = {link for link, text in links if "%" in text}
    for link in whole:
        of = "promises_due" if "promise" in measure_of(link) else "due"
        if measure_of(link) == "on_time_rate_with_extensions":
            of = "due_with_extensions"
        count = leader.counted(link)
        assert count == leader.counted(link.replace(measure_of(link), of))
        assert count > 0
    assert len(whole) >= 3


def test_the_title_says_the_finding_and_its_definition_is_one_tap_away(leader: Reader) -> None:
    page = leader.page(f"/figures?{MARCH}")
    title = re.search(r"<h1>([^<]*)</h1>", page)
    assert title and re.fullmatch(
        r"\d+,\d\N{NO-BREAK SPACE}% đúng hạn trong tháng 03/2026 \(đến hôm nay\)", title[1]
    )
    assert "<summary>Tính thế nào?</summary>" in page
    assert "Số lượt đúng hạn chia cho số lượt đến hạn" in page
    assert "Số liệu tính đến 09:00 30/03/2026" in page
    assert "Số liệu còn ít" in page  # a handful was due
    assert "chưa kết thúc" in page  # the month runs


def test_figures_are_said_in_english_too(app: Flask, people: People) -> None:
    page = Reader.of(app, people.leader, "en").page(f"/figures?{MARCH}")
    assert '<html lang="en">' in page
    assert re.search(r"<h1>\d+\.\d\N{NO-BREAK SPACE}% on time in 03/2026 \(so far\)</h1>", page)
    assert "How is it counted?" in page


def test_a_median_says_how_many_of_its_cases_count_as_longest(app: Flask, people: People) -> None:
    for language, waiting, held in (
        ("vi", "trong đó 4 chưa ai nhận, tính là lâu nhất", "trong đó 5 còn mở, tính là lâu nhất"),
        ("en", "4 not taken up yet, counted as longest", "5 still open, counted as longest"),
    ):
        page = Reader.of(app, people.leader, language).page(f"/figures?{MARCH}")
        assert waiting in card(page, "hours_to_first_sign")
        assert held in card(page, "hours_to_resolve")


def test_of_a_median_that_is_not_known_nothing_is_said_to_be_quicker(leader: Reader) -> None:
    centre = leader.page(f"/figures/agencies/trung-tam-1022?{MARCH}")
    known = leader.page(f"/figures/agencies/{LIGHTS}?{MARCH}")
    assert "Còn 1 trên 1 lượt chưa xong" in card(centre, "hours_to_resolve")
    assert "nhanh hơn" not in card(centre, "hours_to_resolve")
    assert "một nửa xong nhanh hơn" in card(known, "hours_to_resolve")


def card(page: str, code: str) -> str:
    """What a card of the page says."""
    return page.partition(f'id="card-{code}"')[2].partition("</section>")[0]


def test_nothing_due_is_neither_nothing_nor_all(leader: Reader) -> None:
    page = leader.page(f"/figures?{MARCH}&channel=zalo")
    assert "chưa có phản ánh nào để đếm" in page
    assert "0,0" not in page and "100,0" not in page


@pytest.mark.parametrize("path", ["/figures", f"/figures/agencies/{LIGHTS}"])
def test_what_is_overdue_is_said_to_be_of_now_and_is_no_alarm_of_a_period_that_is_over(
    leader: Reader, path: str
) -> None:
    card = '<section class="figure {}" aria-labelledby="card-overdue">'
    runs = leader.page(f"{path}?{MARCH}")
    assert card.format("late") in runs
    over = leader.page(f"{path}?from=2026-03-01&to=2026-03-20")
    assert card.format("") in over
    for page in (runs, over):
        assert ">Đang quá hạn (lúc này)</h2>" in page
    assert "Số đang giữ và quá hạn là của lúc mở trang, 09:00 30/03/2026." in over


def test_a_period_in_which_nothing_was_is_empty_though_something_is_open_now(
    leader: Reader,
) -> None:
    for path in ("/figures", f"/figures/agencies/{LIGHTS}"):
        page = leader.page(f"{path}?from=2019-01-01&to=2019-02-01")
        assert "chưa có phản ánh nào để đếm" in page
        assert "card-overdue" not in page


def test_a_period_to_come_is_refused_in_words_and_stays_filled_in(leader: Reader) -> None:
    page = leader.page("/figures?from=2027-01-01&to=2027-01-31&channel=app", 422)
    assert "sau hôm nay" in page
    assert 'href="#field-from"' in page and 'value="2027-01-01"' in page
    assert '<option value="app" selected>' in page
    assert "<details open>" in page
    assert "<h2>Chưa xem được số liệu, xin sửa những chỗ sau</h2>" in page  # nothing was sent


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("from=2026-13-01", 422, "phải là ngày"),
        ("from=2026-03-09&to=2026-03-01", 422, "field-to"),
        ("category=khong-co", 404, "khong-co"),
        ("area=99999", 404, "99999"),
        ("channel=chim", 422, "field-channel"),
        ("from=2026-03-01&from=2026-03-02", 422, "nhiều lần"),
        ("nonsense=1", 422, "nonsense"),
    ],
)
def test_filters_that_cannot_be_meant_are_refused_in_words(
    leader: Reader, query: str, status: int, words: str
) -> None:
    for path in ("/figures", "/figures/agencies", f"/figures/agencies/{LIGHTS}"):
        assert words in leader.page(f"{path}?{query}", status)


def test_blanks_of_the_form_mean_all(leader: Reader) -> None:
    leader.page("/figures?from=&to=&category=&area=&channel=&kind=")


def test_the_map_has_every_commune_and_a_table_that_says_the_same(leader: Reader) -> None:
    page = leader.page(f"/figures?{MARCH}")
    drawn = re.findall(r"<title>([^<:]+): [^<]* n = [^<]*</title></path>", page)
    table = page[page.index('aria-label="Số liệu theo địa bàn"') :]
    assert len(drawn) == 96
    assert [name for name in drawn if f'<th scope="row">{name}</th>' not in table] == []


def test_a_table_says_before_its_rows_what_they_are_ranked_by_and_shows_it(
    leader: Reader,
) -> None:
    page = leader.page(f"/figures/agencies?{MARCH}")
    assert page.index("thứ hạng theo cột “Cận dưới của tỷ lệ đúng hạn”") < page.index("<table>")
    head = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page[: page.index("<tbody>")])
    assert head[-len(IN_TABLE) :][:3] == [
        "Tỷ lệ đúng hạn", "Đến hạn", "Cận dưới của tỷ lệ đúng hạn"
    ]  # fmt: skip
    assert "Cần quan tâm" not in page


def test_leaders_operators_and_administrators_see_all_agencies(app: Flask, people: People) -> None:
    seen = {
        name: Reader.of(app, getattr(people, name)).client.get("/figures").status_code
        for name in STAFF
    }
    assert seen == {
        "facilitator": 403,
        "operator": 200,
        "officer": 303,
        "head": 303,
        "leader": 200,
        "admin": 200,
        "data_officer": 403,
        "foreign_officer": 303,
        "foreign_head": 303,
    }


def test_officers_are_led_to_the_figures_of_their_own_agency(app: Flask, people: People) -> None:
    officer = Reader.of(app, people.officer)
    led = officer.client.get(f"/figures?{MARCH}").headers["Location"]
    assert led == f"/figures/agencies/{LIGHTS}?{MARCH}"
    officer.page(led)
    refused = officer.page("/figures/agencies/dien-luc", 403)
    assert "chỉ xem được số liệu của đơn vị mình, tại /figures" in refused
    officer.page("/figures/agencies", 403)
    officer.page("/figures/reports?measure=due", 403)
    officer.page(f"/figures/reports?measure=due&agency={LIGHTS}")
    officer.page("/figures/agencies.csv", 403)


def test_who_is_not_signed_in_is_led_to_do_so(app: Flask) -> None:
    answer = Reader.of(app, None).client.get("/figures?channel=app")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_no_page_carries_styles_or_scripts_in_its_text(leader: Reader) -> None:
    for path in (*PAGES, *OTHERS):
        page = leader.page(path)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>", page), path


@pytest.mark.parametrize("path", ["/figures", "/figures/agencies", f"/figures/agencies/{LIGHTS}"])
def test_a_page_asks_as_often_for_many_reports_as_for_few(
    path: str, people: People, leader: Reader
) -> None:
    asks_no_more(leader, people, path)
