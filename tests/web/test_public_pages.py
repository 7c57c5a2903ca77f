"""The public list and map, the pages of communes and agencies, and the feeds."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from werkzeug.test import TestResponse

from reports_service.core.db import db
from reports_service.domain.text import fold
from tests.personas import COMMITTEE, CONTACT, LIGHTS, MONDAY, Filed, People, work_outbox
from tests.pictures import HTML, jpeg
from tests.statements import statements

AREA = "25630"
VIEW = "105.5,10.5,106.8,11.9"
LISTS = ("/reports", f"/areas/{AREA}", f"/agencies/{LIGHTS}")
FEEDS = (
    "/feeds/reports.xml",
    "/feeds/categories/den-duong.xml",
    f"/feeds/areas/{AREA}.xml",
    f"/feeds/agencies/{LIGHTS}.xml",
)
Clock = Callable[[datetime], None]


def opened(people: People, path: str, **query: Any) -> TestResponse:
    return people.client.get(path, query_string=query or None)


def shown(people: People, path: str, **query: Any) -> str:
    answer = opened(people, path, **query)
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), answer.text
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def codes(people: People, path: str = "/reports", **query: Any) -> list[str]:
    return re.findall(r'href="/r/(\d{3}-\d{3}-\d{4})"', shown(people, path, **query))


def view(people: People, **query: Any) -> dict[str, Any]:
    answer = opened(people, "/map/clusters.json", **{"bbox": VIEW, "zoom": 12, **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def standing(people: People, path: str) -> list[str]:
    """In time, late and with a result, as a place's page counts them."""
    return re.findall(r'<span class="value">(\d+)</span>', shown(people, path))


def items(people: People, path: str) -> list[str]:
    answer = opened(people, path)
    assert answer.mimetype == "application/rss+xml"
    links = fromstring(answer.data).iterfind("channel/item/link")
    return [(link.text or "").rpartition("/")[2] for link in links]


def test_the_list_says_of_each_report_what_where_and_how_it_stands(
    people: People, filed: Filed
) -> None:
    page = shown(people, "/reports")
    assert "Đèn đường, Phường Long Hoa" in page
    assert "Đèn tắt ba đêm" in page
    assert '<span class="tag accent">Đã chuyển xử lý</span>' in page
    assert filed.answer["agency"]["name"] in page
    assert codes(people) == [filed.code]


def test_a_status_has_one_word_in_the_list_and_on_the_page(people: People, filed: Filed) -> None:
    waiting = people.file(category=None)
    people.officer.does(filed.code, "acknowledgement")
    assert re.findall(r'<span class="tag accent">([^<]+)<', shown(people, "/reports")) == [
        "Mới tiếp nhận",
        "Đang xử lý",
    ]
    assert 'status">Mới tiếp nhận<' in shown(people, f"/r/{waiting.code}")
    assert 'status">Đang xử lý<' in shown(people, f"/r/{filed.code}")


def test_the_newest_report_comes_first(people: People, clock_at: Clock) -> None:
    first = people.file()
    clock_at(MONDAY + timedelta(hours=1))
    second = people.file()
    assert codes(people) == [second.code, first.code]


def test_photos_are_small_and_only_those_that_anybody_may_see(people: People) -> None:
    filed = people.file_with_photos(jpeg())
    work_outbox()
    (photo,) = people.public.report(filed.code)["photos"]
    assert f'src="{photo["urls"]["small"]}"' in shown(people, "/reports")
    people.operator.does(filed.code, "moderation", {"hide_photo": photo["id"], "reason": "mặt"})
    assert photo["id"] not in shown(people, "/reports")


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"q": "den tat ba dem"}, True),
        ({"q": "ngập"}, False),
        ({"category": "den-duong"}, True),
        ({"category": "ha-tang-do-thi"}, True),
        ({"category": "ngap-nuoc"}, False),
        ({"state": "open"}, True),
        ({"state": "in_time"}, True),
        ({"state": "late"}, False),
        ({"state": "resolved"}, False),
        ({"area": AREA}, True),
        ({"area": "25459"}, False),
        ({"agency": LIGHTS}, True),
        ({"agency": COMMITTEE}, False),
        ({"from": "2026-03-09", "to": "2026-03-09"}, True),
        ({"to": "2026-03-08"}, False),
        ({"bbox": VIEW}, True),
        ({"bbox": "100,10,101,11"}, False),
        ({"state": "", "q": " ", "fbclid": "x"}, True),
    ],
)
def test_list_and_map_take_the_same_filters_and_hold_the_same(
    query: dict[str, str], fits: bool, people: People, filed: Filed
) -> None:
    assert codes(people, **query) == ([filed.code] if fits else [])
    assert view(people, **{"bbox": VIEW, **query})["total"] == int(fits)


def test_without_a_period_the_list_looks_back_ninety_days_and_offers_more(
    people: People, filed: Filed, clock_at: Clock
) -> None:
    clock_at(MONDAY + timedelta(days=91))
    assert codes(people) == []
    assert '<a class="button second" href="/reports?period=all">' in shown(people, "/reports")
    assert codes(people, period="all") == [filed.code]
    assert 'href="/reports?state=late&period=all"' in shown(people, "/reports", state="late")


def test_a_late_report_and_a_resolved_one_are_named_so(
    people: People, filed: Filed, clock_at: Clock
) -> None:
    clock_at(MONDAY + timedelta(days=60))
    assert codes(people, state="late") == [filed.code]
    assert view(people)["clusters"][0]["state"] == "late"
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "Đã xem"})
    assert codes(people, state="resolved") == [filed.code]
    assert view(people)["clusters"][0]["state"] == "resolved"


def test_the_way_to_the_map_keeps_the_filters_and_back(people: People, filed: Filed) -> None:
    page = shown(people, "/reports", state="open", q="đèn")
    assert 'href="/map?q=%C4%91%C3%A8n&state=open"' in page
    back = shown(people, "/map", state="open", q="đèn")
    assert 'href="/reports?q=%C4%91%C3%A8n&state=open"' in back
    assert 'data-clusters="/map/clusters.json?q=%C4%91%C3%A8n&state=open"' in back


def test_without_scripts_the_map_leads_to_the_list(people: People) -> None:
    page = shown(people, "/map")
    assert re.search(r'<div class="map tall".*?<a class="button second" href="/reports">', page)


def test_each_chosen_filter_can_be_taken_away(people: People, filed: Filed) -> None:
    page = shown(people, "/reports", state="open", category="den-duong", bbox=VIEW)
    assert 'href="/reports?category=den-duong&bbox=' in page
    assert "Trong khung bản đồ" in page


def test_pages_follow_each_other_and_keep_the_filters(people: People) -> None:
    filed = [people.file().code for _ in range(23)]
    page = shown(people, "/reports", state="open")
    (onward,) = re.findall(r'href="(/reports\?[^"]+)" rel="next"', page)
    assert "state=open" in onward
    rest = codes(people, onward)
    assert sorted([*codes(people, state="open"), *rest]) == sorted(filed)


@pytest.mark.parametrize("path", ["/reports", "/map"])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"state": "x"}, "Không có tình trạng này"),
        ({"from": "gestern"}, "Ngày bắt đầu chưa đúng"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "hoặc trước ngày bắt đầu"),
        ({"bbox": "1,2,3"}, "Khung bản đồ"),
        ({"period": "eternity"}, "Không có khoảng thời gian này"),
    ],
)
def test_a_wrong_filter_is_answered_by_the_form_in_words(
    path: str, query: dict[str, str], words: str, people: People
) -> None:
    answer = opened(people, path, **query)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert words in html.unescape(answer.text)
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"category": "x"}, 404),
        ({"area": "x"}, 404),
        ({"agency": "x"}, 404),
        ({"cursor": "x"}, 422),
    ],
)
def test_a_filter_for_what_is_not_there_is_said_beside_its_field(
    query: dict[str, str], status: int, people: People
) -> None:
    answer = opened(people, "/reports", **query)
    assert answer.status_code == status
    (name,) = query
    assert f'href="#field-{name}"' in answer.text


def test_a_wrong_view_is_refused_in_words(people: People) -> None:
    for query in (
        {"zoom": 12},
        {"bbox": VIEW},
        {"bbox": VIEW, "zoom": 99},
        {"bbox": "x", "zoom": 1},
    ):
        answer = opened(people, "/map/clusters.json", **query)
        assert (answer.status_code, answer.is_json) == (422, True)


def test_restricted_and_withdrawn_reports_appear_nowhere(people: People) -> None:
    hidden = people.file(category="lua-dao", description="bí mật")
    gone = people.file(description="thôi rồi")
    gone.reporter.act(gone.code, "withdrawal", {})
    for path in LISTS:
        assert codes(people, path) == []
        assert "bí mật" not in shown(people, path)
    for path in FEEDS:
        assert items(people, path) == []
    assert codes(people, q="thôi rồi", period="all") == []
    assert view(people) == {"total": 0, "clusters": []}
    for code in (hidden.code, gone.code):
        assert opened(people, f"/map/reports/{code}.json").status_code == 404
    assert (
        re.findall(r'<span class="value">(\d+)</span>', shown(people, f"/areas/{AREA}"))
        == ["0"] * 3
    )


def test_staff_see_on_public_pages_what_everybody_sees(people: People) -> None:
    people.file(category="lua-dao")
    people.client.set_cookie("session", people.operator.authorization.removeprefix("Bearer "))
    assert codes(people) == []
    assert view(people)["total"] == 0


def test_hidden_words_and_reporters_are_on_no_page_and_in_no_feed(people: People) -> None:
    filed = people.file(description="Ông Tư ở số 5 gọi 0987654321", reporter=CONTACT)
    people.operator.does(filed.code, "moderation", {"hide_text": True, "reason": "nêu tên"})
    texts = [opened(people, path).text for path in (*LISTS, *FEEDS)]
    texts.append(opened(people, f"/map/reports/{filed.code}.json").text)
    for text in texts:
        for secret in ("Ông Tư", "0987654321", CONTACT["name"], CONTACT["email"]):
            assert secret not in html.unescape(text)


def test_markup_in_a_report_stays_text(people: People) -> None:
    attack = HTML.decode()
    people.file(description=attack)
    assert "<script>" not in opened(people, "/reports").text
    (said,) = fromstring(opened(people, FEEDS[0]).data).iterfind("channel/item/description")
    assert attack.split()[0] in (said.text or "")


def test_a_mark_of_one_report_opens_its_card(people: People, filed: Filed) -> None:
    (mark,) = view(people, zoom=15)["clusters"]
    assert (mark["count"], mark["code"], mark["state"]) == (1, filed.code, "in_time")
    card = opened(people, f"/map/reports/{filed.code}.json").json
    assert card["address"] == f"/r/{filed.code}"
    assert (card["title"], card["place"]) == ("Đèn đường", "Phường Long Hoa")


def test_a_place_that_a_category_blurs_is_blurred_on_the_map(people: People) -> None:
    filed = people.file(category="thu-tuc-hanh-chinh")
    (mark,) = view(people, zoom=19)["clusters"]
    told = people.public.report(filed.code)["location"]
    assert (mark["lat"], mark["lon"]) == pytest.approx((told["lat"], told["lon"]), abs=1e-5)


def recounted(people: People, clock_at: Clock, days: int) -> None:
    clock_at(MONDAY + timedelta(days=days))
    work_outbox()


@pytest.mark.parametrize("path", [f"/areas/{AREA}", f"/agencies/{LIGHTS}"])
def test_a_place_says_how_many_promises_were_kept(
    path: str, people: People, clock_at: Clock
) -> None:
    filed = [people.file() for _ in range(5)]
    for one in filed[:4]:
        people.officer.does(one.code, "acknowledgement")
        people.officer.does(one.code, "resolution", {"kind": "answered", "note": "Đã xem"})
    recounted(people, clock_at, 60)
    page = shown(people, path)
    assert "<strong>80\u00a0%</strong>".replace("\u00a0", " ") in page.replace("\u00a0", " ")
    assert "4 trên 5 lời hẹn được giữ đúng ngày" in page
    assert standing(people, path) == ["0", "1", "4"]


def test_of_few_promises_no_share_is_said(people: People, clock_at: Clock) -> None:
    people.file()
    recounted(people, clock_at, 60)
    page = shown(people, f"/areas/{AREA}")
    assert "0 trên 1 lời hẹn" in page
    assert "chưa đủ để tính tỷ lệ" in page
    assert "<strong>0" not in page


def test_a_place_names_who_answers_for_it_and_leads_to_its_feed(
    people: People, filed: Filed
) -> None:
    page = shown(people, f"/areas/{AREA}")
    assert "<h1>Phường Long Hoa</h1>" in page
    assert f'href="/agencies/{COMMITTEE}"' in page
    assert (
        f'type="application/rss+xml" title="Phường Long Hoa" href="/feeds/areas/{AREA}.xml"' in page
    )
    assert f'data-here="{AREA}"' in page
    assert codes(people, f"/areas/{AREA}") == [filed.code]


@pytest.mark.parametrize("path", ["/areas/x", "/agencies/x", "/feeds/areas/x.xml"])
def test_what_is_not_there_is_answered_by_a_page_in_words(path: str, people: People) -> None:
    answer = opened(people, path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    ("path", "sought", "found"),
    [("/areas", "long hoa", "Phường Long Hoa"), ("/agencies", "do thi tay ninh", "Tây Ninh")],
)
def test_places_and_agencies_are_found_without_marks(
    path: str, sought: str, found: str, people: People, filed: Filed
) -> None:
    page = shown(people, path, q=sought)
    assert found in page
    assert len(re.findall('<th scope="row">', page)) < 10
    assert "Không có tên nào giống “zzz”" in shown(people, path, q="zzz")


def test_agencies_are_folded_by_their_kind_and_unfolded_where_one_is_sought(people: People) -> None:
    page = shown(people, "/agencies")
    kinds = re.findall(r'<details class="of-kind"><summary>([^<(]+) \((\d+)\)<', page)
    assert [kind for kind, _ in kinds] == [
        "Trung tâm tiếp nhận phản ánh",
        "Sở, ngành",
        "Ủy ban nhân dân xã, phường",
        "Đơn vị dịch vụ công ích",
    ]
    assert sum(int(number) for _, number in kinds) == len(re.findall('<th scope="row">', page))
    assert '<details class="of-kind" open>' in shown(people, "/agencies", q="long hoa")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_communes_are_folded_by_the_first_letter_of_their_own_name(
    language: str, people: People
) -> None:
    page = shown(people, "/areas", lang=language)
    groups = re.findall(r'<details class="of-kind"><summary>([^<]+)</summary>(.*?)</details>', page)
    assert len(groups) > 10
    letters = [summary[0] for summary, _ in groups]
    assert letters == sorted(
        set(letters), key=lambda letter: "ABCDĐEGHIKLMNOPQRSTUVXY".index(letter)
    )
    assert ("Đ" in letters) == (language == "vi")
    for summary, rows in groups:
        titles = re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', rows)
        assert summary.endswith(f"({len(titles)})")
        own = [re.sub("^(Xã|Phường) ", "", title) for title in titles]
        assert own[0] in summary and own[-1] in summary
        assert {fold(name)[0] for name in own} == {fold(summary)[0]}
    found = shown(people, "/areas", q="long hoa", lang=language)
    assert "<details class" not in found, "what was looked for lies open"


def test_the_year_that_promises_are_counted_for_is_said_in_digits(people: People) -> None:
    page = shown(people, f"/areas/{AREA}")
    assert re.search(r">\d\d/\d\d/2025</time> – <time [^>]+>\d\d/\d\d/2026</time>\.", page)


def test_the_language_is_switched_without_losing_the_filter(people: People) -> None:
    page = shown(people, "/reports", q="den duong", state="late")
    assert 'href="?q=den+duong&state=late&lang=en"' in page


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_rss_and_sends_only_news_again(path: str, people: People, filed: Filed) -> None:
    assert items(people, path) == [filed.code]
    answer = opened(people, path)
    channel = fromstring(answer.data).find("channel")
    assert channel is not None
    for needed in ("title", "link", "description", "item/guid", "item/pubDate", "item/title"):
        assert channel.findtext(needed), needed
    known = {"If-None-Match": answer.headers["ETag"]}
    assert people.client.get(path, headers=known).status_code == 304
    dated = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert people.client.get(path, headers=dated).status_code == 304
    people.file()
    assert people.client.get(path, headers=known).status_code == 200


def test_control_characters_do_not_break_a_feed(people: People) -> None:
    people.file(description="a\x0bb \x1b & <c>")
    (said,) = fromstring(opened(people, FEEDS[0]).data).iterfind("channel/item/description")
    assert "& <c>" in (said.text or "")


@pytest.mark.parametrize("path", [*LISTS, "/map", "/areas", "/agencies"])
def test_each_page_says_what_it_is_to_search_engines(path: str, people: People) -> None:
    page = shown(people, path)
    assert re.search(r'<meta name="description" content="[^"]{20,}">', page)
    site = people.client.application.config["PUBLIC_URL"]
    assert f'<link rel="canonical" href="{site}{path}">' in page
    assert "noindex" not in page
    assert "Unknown" not in page


@pytest.mark.parametrize("path", [*LISTS, "/map", "/areas", "/agencies"])
def test_each_page_is_in_english_too(path: str, people: People, filed: Filed) -> None:
    page = shown(people, path, lang="en")
    assert '<html lang="en">' in page
    assert "Tất cả" not in page


def test_boundaries_are_asked_after_by_their_tag(people: People) -> None:
    answer = opened(people, "/map/boundaries.json")
    assert len(answer.json["features"]) == 96
    properties = answer.json["features"][0]["properties"]
    assert set(properties) == {"code", "name", "lat", "lon"}
    assert len(answer.data) < 100_000
    again = people.client.get(
        "/map/boundaries.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("path", [*LISTS, FEEDS[0], "/areas", "/agencies"])
def test_a_page_asks_as_often_for_many_reports_as_for_few(path: str, people: People) -> None:
    def asked() -> int:
        opened(people, path)  # what is kept in memory is there
        db.session.expire_all()
        with statements() as sent:
            opened(people, path)
        return len(sent)

    people.file_with_photos(jpeg())
    few = asked()
    for _ in range(6):
        people.file_with_photos(jpeg())
    assert asked() == few
