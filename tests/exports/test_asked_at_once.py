"""The same wish from two requests at once is one export."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from reports_service.core.db import db
from reports_service.exports.models import Export
from tests.personas import MONDAY, Caller, People, at_once

WISH = {"what": "reports", "format": "csv", "from": "2026-03-01", "to": "2026-03-31"}


def test_two_who_ask_at_once_get_the_same_export(live_province: Flask, people: People) -> None:
    people.file()

    def ask() -> Any:
        admin = Caller(live_province.test_client(), people.admin.authorization)
        return admin.call("POST", "/exports", json=WISH)

    for asked in range(3):
        answers = at_once(live_province, MONDAY, *[ask] * 4)
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json["id"] for answer in answers}) == 1
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Export)) == asked + 1
        db.session.execute(update(Export).values(finished_at=MONDAY))
        db.session.commit()
