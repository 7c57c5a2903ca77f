"""The checks after a storm can fail: each thing that may go wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

from reports_service.attachments.models import Attachment
from reports_service.core import clock, outbox
from reports_service.core.audit import AuditHead
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.notifications.models import Delivery
from reports_service.reports import sweep
from reports_service.reports.models import Assignment, ClockRow, Escalation, Report, ReportPhoto
from reports_service.statistics.cells import recount
from reports_service.statistics.cells.models import Cell, Turn
from tests.faults import checking
from tests.faults.checking import Letters
from tests.faults.filing import BOUNDARY, PATH, Album, Filed, report_at
from workers import jobs

assert jobs.PERFORMED  # importing it names to the outbox what this process can perform

LATER = timedelta(minutes=40)  # the first step of an emergency is climbed by then


@dataclass
class Held:
    """What a service holds, and what its apps and the receivers of mail know."""

    app: Flask
    filed: list[Filed]
    letters: dict[str, int]

    def wrong(self) -> list[str]:
        return checking.looked_up(self.app, self.filed, Letters(self.letters))


@pytest.fixture
def held(live_province: Flask) -> Held:
    """Two reports with photos, one of them an emergency; all that follows is done."""
    album = Album()
    filed = []
    for number, category in enumerate(("den-duong", "su-co-dien")):
        one = Filed(number, f"faults-x-{number}", report_at(f"x-{number}", category), [])
        one.photos = [album.photo(0, one.key)]
        file(live_province, one)
        filed.append(one)
    with clock.moved_to(clock.now() + LATER):
        sweep.run()
        while outbox.work() + recount.catch_up():
            continue
    return Held(live_province, filed, dict(Letters.of(live_province, None).arrived))


def file(app: Flask, one: Filed) -> None:
    answer = app.test_client().post(
        PATH,
        data=one.body(),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        headers={"Idempotency-Key": one.key},
    )
    assert answer.status_code == 201, answer.text
    one.codes, one.answered, one.tries = [answer.json["code"].replace("-", "")], 1.0, 1


def change(statement: Any) -> Callable[[Held], object]:
    return lambda _: db.session.execute(statement)


def put(_held: Held) -> None:
    outbox.put("deliver", {"delivery_id": 1})
    db.session.flush()


def not_answered(held: Held) -> None:
    held.filed[0].answered = None


LOST = Filed(9, "faults-x-9", {}, [], codes=["1111111111"], answered=1.0)
LIGHT_ONLY = Attachment.id == 1
RUINS: dict[str, tuple[Callable[[Held], object], str]] = {
    "a report nobody was answered": (not_answered, "never answered"),
    "two answers for a key": (lambda on: on.filed[0].codes.append("1"), "several codes"),
    "a fault of ours": (lambda on: on.filed[0].met.append("500 fault"), "answered 500"),
    "a report that was lost": (lambda on: on.filed.append(LOST), "filed 0 times"),
    "a report nobody filed": (lambda on: on.filed.pop(), "nobody filed it"),
    "a photo that was lost": (
        change(delete(ReportPhoto).where(ReportPhoto.attachment_id == 1)),
        "1 photos were sent, 0 are kept",
    ),
    "a photo without a file": (
        change(update(Attachment).where(LIGHT_ONLY).values(small_key="derived/none.jpg")),
        "no file derived/none.jpg",
    ),
    "a photo that waits": (change(update(Attachment).values(state="pending")), "still pending"),
    "a good photo that was rejected": (
        change(update(Attachment).values(state="rejected")),
        "was rejected",
    ),
    "a report nobody holds": (
        change(update(Assignment).values(outcome="resolved")),
        "0 open assignments",
    ),
    "an assignment with one clock": (
        change(update(ClockRow).where(ClockRow.kind == "resolve").values(kind="other")),
        "its clocks are",
    ),
    "a recipient who was not told": (
        change(delete(Delivery).where(Delivery.channel == "inbox")),
        "not [",
    ),
    "a letter that never left": (change(update(Delivery).values(sent_at=None)), "never left"),
    "a letter that was lost": (lambda on: on.letters.popitem(), "never arrived"),
    "a letter nobody sent": (lambda on: on.letters.update({"<x>": 1}), "nobody sent it"),
    "a step without its row": (change(delete(Escalation)), "climbed 0 times"),
    "a step that is due": (
        change(update(ClockRow).values(next_step_at=clock.now())),
        "have a step that is due",
    ),
    "an effect that waits": (put, "is waiting"),
    "an effect that is leased": (
        change(update(Effect).values(done_at=None, leased_until=clock.now())),
        "is leased",
    ),
    "an effect that was given up": (
        change(update(Effect).values(done_at=None, dead_at=clock.now())),
        "is given up",
    ),
    "an audit log that ends otherwise": (
        change(update(AuditHead).values(hash=b"z" * 32)),
        "audit log: ",
    ),
    "a turn that is held": (change(update(Turn).values(leased_until=clock.now())), "is held"),
}


def is_named(held: Held, ruin: Callable[[Held], object], said: str) -> bool:
    spoiled = Held(held.app, deepcopy(held.filed), dict(held.letters))
    ruin(spoiled)
    found = spoiled.wrong()
    db.session.rollback()
    db.session.expire_all()
    return any(said in sentence for sentence in found)


def test_each_thing_that_is_wrong_is_named_and_nothing_else_is(held: Held) -> None:
    with clock.moved_to(clock.now() + LATER):
        assert held.wrong() + list(checking.figures()) == []
        silent = [name for name, (ruin, said) in RUINS.items() if not is_named(held, ruin, said)]
        assert silent == []
        db.session.execute(update(Report).values(priority="urgent"))
        assert any("stats verify" in sentence for sentence in checking.verified())
        with unit_of_work():
            db.session.execute(delete(Cell).where(Cell.axis != 0))
        assert any("differ from those built anew" in sentence for sentence in checking.built_anew())
