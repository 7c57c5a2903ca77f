"""A month of the demo province in a dozen reports: one of each state that a page may show.

Made through the interface, as people would, at moments before now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from reports_service.cli.simulation.scenes import scene
from reports_service.core import clock, outbox
from reports_service.core.db import db, unit_of_work
from reports_service.reports.chain import NOTIFY
from reports_service.reports.models import Event, Report
from tests.personas import CONTACT, UNSORTED, Filed, People, form, work_outbox

EXTENSION = {"amount": 3, "reason": "Chờ vật tư từ thành phố"}


@dataclass(frozen=True)
class Past:
    """The reports by what became of them (see ``lay``)."""

    filed: Mapping[str, Filed]

    def code(self, name: str) -> str:
        """The code of a report."""
        return self.filed[name].code

    def token(self, name: str) -> str:
        """The tracking token of its reporter."""
        return str(self.filed[name].answer["tracking_token"])


def lay(app: Flask) -> Past:
    """Tell the month; figures and pictures are made ready at its end."""
    with app.app_context():
        with ago(days=60):
            people = People(app)
        past = Past({name: tell(people) for name, tell in STORIES.items()})
        with ago(days=2):
            merged = {"into": past.code("original")}
            people.operator.does(past.code("duplicate"), "merge", merged)
        work_outbox()
        give_up(past.code("working"))
    return past


def give_up(code: str) -> None:
    """A notice of this report never left, however often it was tried."""
    with unit_of_work():
        event_id = db.session.scalar(
            select(Event.id)
            .join(Report, Report.id == Event.report_id)
            .where(Report.code == code)
            .limit(1)
        )
        letter = outbox.put(NOTIFY, {"event_id": event_id})
        letter.attempts, letter.dead_at = outbox.ATTEMPTS_MAX, clock.now()
        letter.last_error = "NotSentYet: the mail server is away"


@contextmanager
def ago(**length: float) -> Iterator[None]:
    """Inside it is so long before now, to the second."""
    now = datetime.now(clock.now().tzinfo).replace(microsecond=0)
    with clock.moved_to(now - timedelta(**length)):
        yield


def photo(variant: int = 1, *, after: bool = False) -> bytes:
    """A street light, drawn; ``after`` the work it shines."""
    return scene("den-duong", after=after, variant=variant)


def fixed(note: str) -> dict[str, Any]:
    """A result with a picture of the work done."""
    return form({"kind": "fixed", "note": note}, [photo(after=True)], "resolution")


def _filed(people: People, days: float, **changes: Any) -> Filed:
    with ago(days=days):
        return people.file_with_photos(photo(), reporter=CONTACT, **changes)


def _worked_on(people: People, days: float, **changes: Any) -> Filed:
    report = _filed(people, days, **changes)
    with ago(days=days - 0.5):
        people.officer.does(report.code, "acknowledgement", {"note": "Tổ điện đã nhận"})
    return report


def resolved(people: People) -> Filed:
    """Fixed in time, with a picture; the citizen has not said anything yet."""
    report = _worked_on(people, 6, description="Đèn trước cổng trường tắt ba đêm")
    with ago(days=3):
        people.officer.does(report.code, "resolution", data=fixed("Đã thay bóng"))
    return report


def reopened(people: People) -> Filed:
    """Not fixed, says the citizen."""
    report = _worked_on(people, 12, description="Đèn hẻm 12 chập chờn")
    with ago(days=8):
        people.officer.does(report.code, "resolution", data=fixed("Đã siết lại chuôi đèn"))
    with ago(days=7):
        report.reporter.does(
            report.code, "feedback", {"fixed": False, "rating": 2, "comment": "Vẫn chập chờn"}
        )
    return report


def closed(people: People) -> Filed:
    """Fixed, and praised."""
    report = _worked_on(people, 25, description="Trụ đèn nghiêng sau cơn giông")
    with ago(days=22):
        people.officer.does(report.code, "resolution", data=fixed("Đã dựng lại trụ"))
    with ago(days=21):
        report.reporter.does(report.code, "feedback", {"fixed": True, "rating": 5})
    return report


def asked(people: People) -> Filed:
    """Waits for the citizen's answer."""
    report = _worked_on(people, 3, description="Mất điện một đoạn đường")
    with ago(days=1):
        people.officer.does(report.code, "question", {"question": "Trụ đèn số mấy ạ?"})
    return report


def overdue(people: People) -> Filed:
    """Weeks late."""
    return _filed(people, 28, description="Cả tuyến đường tối om")


def late(people: People) -> Filed:
    """Fixed after its date."""
    report = _worked_on(people, 29, description="Bóng đèn cháy ở ngã tư")
    with ago(days=2):
        people.officer.does(report.code, "resolution", data=fixed("Đã thay, xin lỗi vì chậm"))
    return report


def working(people: People) -> Filed:
    """In work, in time."""
    return _worked_on(people, 2, description="Đèn công viên không sáng")


def extension(people: People) -> Filed:
    """The officer has asked for more time."""
    report = _worked_on(people, 3, description="Cáp ngầm hỏng, cả khu tối")
    with ago(days=1):
        people.officer.does(report.code, "extension", EXTENSION)
    return report


def new(people: People) -> Filed:
    """Just arrived."""
    return _filed(people, 0.05, description="Đèn đường bật cả ban ngày")


def brought(people: People) -> Filed:
    """Filed by a facilitator for somebody else."""
    return people.file(people.facilitator, channel="facilitator", reporter=CONTACT)


def unsorted(people: People) -> Filed:
    """No rule could place it."""
    with ago(days=0.2):
        return people.file(**UNSORTED, reporter=CONTACT)


def original(people: People) -> Filed:
    """What a second person reported too."""
    return _worked_on(people, 4, description="Đèn ở chợ tắt")


def duplicate(people: People) -> Filed:
    """Merged into another."""
    return _filed(people, 3, description="Chợ tối quá, đèn tắt")


def rejected(people: People) -> Filed:
    """Nothing for this service."""
    with ago(days=5):
        report = people.file(**UNSORTED, reporter=CONTACT)
    with ago(days=4):
        people.operator.does(report.code, "rejection", {"reason": "Không thuộc phạm vi 1022"})
    return report


def restricted(people: People) -> Filed:
    """Nothing that the public may see."""
    return _filed(people, 1, category="gay-roi", description="Đánh nhau ở bến xe")


def withdrawn(people: People) -> Filed:
    """Taken back by its reporter."""
    report = _filed(people, 5, description="Nhầm địa chỉ")
    with ago(days=4):
        report.reporter.does(report.code, "withdrawal")
    return report


STORIES: Mapping[str, Callable[[People], Filed]] = {
    story.__name__: story
    for story in (
        resolved, reopened, closed, asked, overdue, late, working, extension, new, brought,
        unsorted, original, duplicate, rejected, restricted, withdrawn,
    )
}  # fmt: skip
