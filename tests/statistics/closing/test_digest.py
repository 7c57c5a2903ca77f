"""The weekly digest: the table's numbers, once a week to whom they concern."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.notifications.models import Mailing
from reports_service.notifications.wording import Site
from reports_service.reports.models import Report
from reports_service.statistics.digest import gathering, service
from reports_service.statistics.digest.gathering import gather
from reports_service.statistics.digest.week import Week
from tests.personas import at_once, work_outbox
from tests.sessions import signed_in
from tests.statements import statements
from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.closing.october import ZONE
from tests.statistics.rows import Province
from tests.statistics.typical import DAY, SETTLED
from tests.web.figured import Reader
from workers import jobs

MONDAY = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)  # 07:30 in Tây Ninh
SITE = Site("https://1022.example/", ZONE)
# "…: 2 lượt" or "(4/8), …", with the page of as many reports in the next line.
NUMBERED = re.compile(r"[ /](\d+)(?: lượt|\), [^\n]*)?\n  (/figures/reports\S+)")
Clock = Callable[[datetime], None]


@pytest.fixture
def week(province: Province, moved_clock: Clock) -> Week:
    moved_clock(MONDAY)
    found = Week.due(MONDAY, ZONE)
    assert found is not None
    return found


@pytest.fixture
def work(province: Province, week: Week) -> None:
    """Long Hoa is late and was reopened; Tân Ninh has one due this week; the rest has nothing."""
    reopened = october.resolved(at=MONDAY - 9 * DAY, reopened_at=MONDAY - 3 * DAY)
    rows.write(
        province,
        [
            *(october.resolved(at=MONDAY - n * DAY, late=n < 3) for n in (1, 2, 3, 4, 5) * 2),
            reopened,
            october.still_open(at=MONDAY - 12 * DAY),
            october.still_open(at=MONDAY - 2 * DAY, restricted=True),
            october.still_open("tan-ninh", at=MONDAY + 2 * DAY),
            *(october.resolved("tan-ninh", at=MONDAY - n * DAY) for n in (1, 2, 3, 4, 5) * 2),
            *(october.resolved("so-xay-dung", at=MONDAY - n * DAY, late=True) for n in range(1, 6)),
        ],
    )
    db.session.commit()


def staff(province: Province) -> None:
    october.account("an", Role.LEADER)
    october.account("binh", Role.LEADER, language="en")
    for agency in ("long-hoa", "tan-ninh", "so-xay-dung"):
        october.account(f"head-{agency}", Role.HEAD, province.agencies[agency].id)
    db.session.commit()


def mails() -> dict[str, Mailing]:
    found = db.session.scalars(select(Mailing).where(Mailing.occasion.startswith("digest:")))
    return {one.account.email.partition("@")[0]: one for one in found}


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (MONDAY - timedelta(seconds=1), None),
        (MONDAY, "2026-W47"),
        (MONDAY + timedelta(days=3) - timedelta(seconds=1), "2026-W47"),
        (MONDAY + timedelta(days=3), None),
        (datetime(2027, 1, 4, 1, tzinfo=UTC), "2027-W01"),
    ],
)
def test_a_digest_is_due_on_monday_morning_and_caught_up_for_three_days(
    moment: datetime, due: str | None
) -> None:
    week = Week.due(moment, ZONE)
    assert (week and str(week)) == due


def test_the_numbers_of_the_digest_are_the_numbers_of_the_table(
    client: FlaskClient, work: None, week: Week
) -> None:
    digest = gather(week)
    leader = signed_in(Role.LEADER)
    first, last = week.judged_days
    table = client.get(f"/api/v1/stats/agencies?from={first}&to={last}", headers=leader).get_json()
    assert digest.overdue == table["total"]["overdue"] == 2
    (lowest,) = [row for row in table["items"] if row["rank"] == 2]
    (worst,) = digest.worst
    assert worst["agency"].code == lowest["agency"]["code"] == "long-hoa"
    assert (worst["met"], worst["due"]) == (lowest["met"], lowest["due"])
    (most,) = digest.most_overdue
    assert (most["agency"].code, most["overdue"]) == ("long-hoa", 2)
    assert digest.overdue_of[most["agency"].id].count == 2
    assert digest.reopened.count == 1


def test_leaders_and_heads_with_news_get_one_mail_of_the_week(
    app: Flask, province: Province, work: None
) -> None:
    staff(province)
    for _ in range(3):
        jobs.send_digests()
    work_outbox()
    found = mails()
    assert set(found) == {"an", "binh", "head-long-hoa", "head-tan-ninh"}
    assert all(one.sent_at is not None for one in found.values())
    assert {one.occasion for one in found.values()} == {"digest:2026-W47"}
    file = Path(app.config["MAIL_FOLDER"]) / f"m{found['an'].id}.eml"
    letter: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["To"] == "an@demo.example"
    assert letter["Subject"] == "[1022] Tuần từ 16/11/2026: 2 lượt quá hạn"
    assert letter.get_body().get_content().replace("\r\n", "\n") == found["an"].body


def test_a_digest_says_where_each_number_comes_from(
    client: FlaskClient, province: Province, work: None, week: Week
) -> None:
    staff(province)
    service.send_due(SITE, ZONE)
    found = mails()
    vietnamese, english, own = (found[name].body for name in ("an", "binh", "head-long-hoa"))
    assert "Đang quá hạn: 2 lượt\n" in vietnamese
    assert "Bị mở lại trong tuần qua (09/11/2026 đến 15/11/2026): 1 lượt." in vietnamese
    assert "(2 đơn vị được xếp hạng):\n- hạng 2, vi long-hoa: 53,8 % (7/13), cận dưới" in vietnamese
    assert "vi so-xay-dung" not in vietnamese  # the only one of its kind is its first
    assert "Overdue now: 2" in english
    assert "- rank 2, en long-hoa: 53.8 % (7/13), lower bound" in english
    assert "Đang quá hạn: 2 lượt\n" in own
    assert "- 1 lượt bảo mật, không liệt kê" in own  # a restricted report is counted and not named
    known = {SITE.link(code) for code in db.session.scalars(select(Report.code))}
    pages = [word for word in vietnamese.split() if "/r/" in word]
    assert len(pages) == 2
    assert set(pages) <= known


def test_links_open_pages_with_the_numbers_that_the_mail_says(
    client: FlaskClient, province: Province, work: None, week: Week
) -> None:
    staff(province)
    service.send_due(SITE, ZONE)
    own = province.agencies["long-hoa"]
    for name, role, agency, all_figures, numbered in (
        ("an", Role.LEADER, None, "/figures?", 3),
        ("binh", Role.LEADER, None, "/figures?", 3),
        ("head-long-hoa", Role.HEAD, own, "/figures/agencies/long-hoa?", 1),
    ):
        reader = Reader(client)
        token = signed_in(role, agency)["Authorization"].removeprefix("Bearer ")
        client.set_cookie("session", token)
        body = mails()[name].body.replace("https://1022.example", "")
        assert "/api/" not in body
        counted = NUMBERED.findall(body)
        assert len(counted) == numbered
        assert [(link, reader.counted(link)) for _, link in counted] == [
            (link, int(number)) for number, link in counted
        ]
        links = [word for word in body.split() if word.startswith("/figures")]
        assert len(links) > len(counted)
        assert any(link.startswith(all_figures) for link in links)
        for link in links:
            reader.page(link)


def test_where_nothing_is_overdue_leaders_hear_just_that(
    app: Flask, province: Province, week: Week
) -> None:
    staff(province)
    jobs.send_digests()
    found = mails()
    assert set(found) == {"an", "binh"}
    assert "Không có lượt nào đang quá hạn." in found["an"].body
    assert "không có lượt nào bị mở lại" in found["an"].body
    assert "Nothing is overdue." in found["binh"].body


def test_a_week_in_which_nobody_is_to_hear_anything_is_looked_at_once(
    app: Flask, province: Province, week: Week
) -> None:
    october.account("head", Role.HEAD, province.agencies["long-hoa"].id)
    db.session.commit()

    def looked_at() -> int:
        with statements() as sent:
            jobs.send_digests()
        return sum("row_number" in one for one in sent)

    assert looked_at() > 0
    rows.write(province, [october.still_open(at=MONDAY - DAY)])
    assert looked_at() == 0
    assert mails() == {}


def test_two_workers_write_one_mail_to_each(live_database: Flask) -> None:
    province = rows.settle(SETTLED)
    rows.write(province, [october.still_open(at=MONDAY - DAY)])
    staff(province)

    def send() -> int:
        return service.send_due(SITE, ZONE)

    assert sorted(at_once(live_database, MONDAY, send, send)) == [0, 3]
    db.session.rollback()
    assert set(mails()) == {"an", "binh", "head-long-hoa"}


def test_a_digest_asks_as_often_for_many_reports_as_for_few(
    province: Province, work: None, week: Week
) -> None:
    def asked() -> int:
        with statements() as sent:
            gather(week)
        return len(sent)

    few = asked()
    rows.write(
        province,
        [october.still_open(agency, at=MONDAY - DAY) for agency in rows.AGENCIES for _ in range(9)],
    )
    assert asked() == few


def test_agencies_that_have_as_many_overdue_as_the_last_named_are_counted() -> None:
    rows: list[Any] = [{"overdue": late} for late in (3, 1, 1, 1, 1, 1, 1, 0)]
    assert gathering.as_many(rows, rows[:5]) == 2
    assert gathering.as_many(rows[:2], rows[:2]) == 0
    assert gathering.as_many(rows[-1:], []) == 0


def test_ten_reports_are_named_and_the_rest_is_counted(province: Province, week: Week) -> None:
    rows.write(province, [october.still_open(at=MONDAY - n * DAY) for n in range(1, 15)])
    digest = gather(week)
    own = digest.overdue_of[province.agencies["long-hoa"].id]
    assert (own.count, len(own.first)) == (14, gathering.LISTED)
    assert own.first[0].at == MONDAY - 14 * DAY


def ranked(kind: str, *kept: tuple[int, int]) -> list[Any]:
    """Agencies of a kind by their rank, each with what was met and what was due."""
    return [
        {
            "agency": SimpleNamespace(code=f"{kind}-{rank}", kind=kind),
            "rank": rank,
            "ranked_among": len(kept),
            "met": met,
            "due": due,
        }
        for rank, (met, due) in enumerate(kept, 1)
    ]


def named(*kinds: list[Any]) -> list[str]:
    return [row["agency"].code for row in gathering.worst([row for rows in kinds for row in rows])]


def test_five_agencies_are_named_as_the_lowest_and_every_kind_is_heard() -> None:
    committees = ranked("committee", *((60 - n, 60) for n in range(12)))
    departments = ranked("department", (19, 19), (18, 19), (5, 19), (4, 19))
    utilities = ranked("utility", (50, 50), (40, 50))
    assert named(committees, departments, utilities) == [
        *("committee-12", "committee-11"),
        *("department-4", "department-3"),
        "utility-2",
    ]


def test_few_cases_alone_put_nobody_among_the_lowest() -> None:
    """By its lower bound ten of eleven stands last; its rate is above that of its kind."""
    kept = ((95, 100), (90, 100), (80, 100), (10, 11))
    assert named(ranked("utility", *kept)) == ["utility-3"]
    assert named(ranked("utility", (10, 10), (5, 9))) == []
