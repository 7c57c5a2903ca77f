"""Some weeks of work in the demo province, and its pages of figures as a person walks them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from reports_service.core import clock
from tests.architecture.test_query_counts import some_life
from tests.personas import MONDAY, Caller, People, work_outbox
from tests.statements import statements

DAYS = timedelta(days=1)
LATER = MONDAY + 21 * DAYS
MARCH = "from=2026-03-01&to=2026-03-31"
COMPLAINT = {"to": "Thanh tra tỉnh", "reason": "Đơn khiếu nại", "restricted": True}
_LINK = re.compile(r'<a href="(/figures/reports\?[^"]+)"[^>]*>([^<]*)</a>')
_COUNT = re.compile(r"<h1>[^:]+: ([\d.,]+) ")


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at pages, signed in by the cookie of a session."""

    client: FlaskClient

    @classmethod
    def of(cls, app: Flask, caller: Caller | None, language: str = "vi") -> Reader:
        client = app.test_client()
        if caller is not None and caller.authorization:
            client.set_cookie("session", caller.authorization.removeprefix("Bearer "))
        client.set_cookie("language", language)
        return cls(client)

    def page(self, path: str, status: int = 200) -> str:
        """The page as it is written, with its entities read."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return re.sub(r"[^\S\N{NO-BREAK SPACE}]+", " ", html.unescape(answer.text))

    def numbers(self, path: str) -> Iterator[tuple[str, int]]:
        """(link, number) of every whole number on a page that leads to reports."""
        for link, text in self.links(path):
            written = text.strip()
            if re.fullmatch(r"\d{1,3}(\.\d{3})*", written):
                yield link, int(written.replace(".", ""))

    def links(self, path: str) -> list[tuple[str, str]]:
        """(address, text) of every link to reports."""
        return _LINK.findall(self.page(path))

    def counted(self, link: str) -> int:
        """How many reports the page behind a number says that there are."""
        found = _COUNT.search(self.page(link))
        assert found, link
        return int(found[1].replace(".", ""))


def measure_of(link: str) -> str:
    """Which number a link is of."""
    return parse_qs(urlsplit(link).query)["measure"][0]


def at_work(app: Flask) -> People:
    """Everybody after some weeks: twelve reports of two agencies and the centre, in time, late,
    open, rated, restricted.
    """
    with clock.moved_to(MONDAY):
        people = People(app)
        lights = [people.file() for _ in range(8)]
        for one in lights[:5]:
            people.officer.does(one.code, "acknowledgement")
            people.officer.does(one.code, "resolution", {"kind": "answered", "note": "Đã thay"})
        for one, stars in zip(lights[:2], (5, 3), strict=True):
            one.reporter.does(one.code, "feedback", {"fixed": True, "rating": stars})
        people.officer.does(lights[5].code, "acknowledgement")
        people.officer.does(lights[5].code, "question", {"question": "Trụ số mấy?"})
        people.file(category=None, description="Chuyện lạ")
        people.file(category="nap-ho-ga")
        people.operator.does(people.file().code, "referral", COMPLAINT)
    with clock.moved_to(LATER):
        people.officer.does(lights[6].code, "resolution", {"kind": "answered", "note": "Muộn"})
        people.file()
        work_outbox()
    return people


def asks_no_more(leader: Reader, people: People, path: str) -> None:
    """A page asks the database as often for many reports as for few."""
    some_life(people, 1)
    work_outbox()
    leader.page(path)
    with statements() as few:
        leader.page(path)
    some_life(people, 3)
    work_outbox()
    with statements() as many:
        leader.page(path)
    assert len(many) <= len(few), "\n".join(many)
