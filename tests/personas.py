"""The people of the demo province as callers of the interface, and the reports they file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reports_service.accounts import service as accounts
from reports_service.accounts import signing_in
from reports_service.core import clock, outbox
from reports_service.core.db import db, unit_of_work
from reports_service.statistics.cells import recount
from tests.pictures import LONG_HOA
from workers import jobs

assert jobs.PERFORMED  # importing it names to the outbox what this process can perform

API = "/api/v1"
MONDAY = datetime(2026, 3, 9, 2, tzinfo=UTC)  # 09:00 in Tây Ninh, in weeks without holidays
SOME_YEARS = timedelta(days=4000)  # a session that outlives every moved clock

# Each demo role, and staff of an agency that does not answer for street lights.
STAFF = {
    "facilitator": "facilitator",
    "operator": "operator",
    "officer": "officer",
    "head": "head",
    "leader": "leader",
    "admin": "admin",
    "data_officer": "data_officer",
    "foreign_officer": "officer.dien-luc",
    "foreign_head": "head.dien-luc",
}
LIGHTS = "cong-trinh-do-thi-tay-ninh"  # holds den-duong in Long Hoa; officer and head are its
COMMITTEE = "ubnd-25630"
CENTRE = "trung-tam-1022"
LIGHT: Mapping[str, Any] = {
    "category": "den-duong",
    "location": {"lat": LONG_HOA[0], "lon": LONG_HOA[1]},
    "address": "trước số 12",
    "description": "Đèn tắt ba đêm",
    "channel": "app",
}
UNSORTED = {**LIGHT, "category": None, "description": "Chuyện lạ chưa rõ"}
CONTACT = {"name": "Lê Hoà", "phone": "0912345678", "email": "hoa@vidu.vn", "consent": True}


@dataclass(eq=False)
class Caller:
    """Somebody who calls the interface with one ``Authorization``, or with none."""

    client: FlaskClient
    authorization: str | None = None
    staff: bool = False

    def call(
        self,
        method: str,
        path: str,
        *,
        etag: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """One request; ``path`` begins below /api/v1."""
        sent = dict(headers or {})
        if self.authorization:
            sent["Authorization"] = self.authorization
        if etag:
            sent["If-Match"] = etag
        return self.client.open(API + path, method=method, headers=sent, **options)

    def goes_on(self, answer: TestResponse) -> TestResponse:
        """From now on with the new token that an answer gave the session."""
        self.authorization = f"Bearer {answer.json['token']}"
        return answer

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET with a query."""
        return self.call("GET", path, query_string=query)

    def report(self, code: str) -> dict[str, Any]:
        """The report as this caller may see it."""
        answer = self.get(f"/reports/{code}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def act(
        self,
        code: str,
        part: str,
        body: Mapping[str, Any] | None = None,
        *,
        etag: str | None = None,
        method: str = "POST",
        **options: Any,
    ) -> TestResponse:
        """An act on a report, decided on its present version unless ``etag`` says otherwise."""
        if self.staff and etag is None:
            etag = self.get(f"/reports/{code}").headers.get("ETag", '"none"')
        if "data" not in options:
            options["json"] = dict(body or {})
        return self.call(method, f"/reports/{code}/{part}", etag=etag, **options)

    def does(
        self, code: str, part: str, body: Mapping[str, Any] | None = None, **options: Any
    ) -> dict[str, Any]:
        """An act that must succeed; the report afterwards."""
        answer = self.act(code, part, body, **options)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    def undoes(self, code: str, part: str) -> dict[str, Any]:
        """Take an act back."""
        return self.does(code, part, method="DELETE")


@dataclass(frozen=True)
class Filed:
    """A filed report: its code, what the answer said, and its reporter."""

    code: str
    answer: dict[str, Any]
    reporter: Caller


class People:
    """All callers, by the names of ``STAFF``, and ``public``."""

    facilitator: Caller
    operator: Caller
    officer: Caller
    head: Caller
    leader: Caller
    admin: Caller
    data_officer: Caller
    foreign_officer: Caller
    foreign_head: Caller

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.public = Caller(self.client)
        with unit_of_work():
            for name, account in STAFF.items():
                setattr(self, name, self._signed_in(f"{account}@demo.example"))

    def _signed_in(self, email: str) -> Caller:
        session = signing_in.sign_in(accounts.by_email(email), SOME_YEARS)
        db.session.flush()
        return Caller(self.client, f"Bearer {session.token}", staff=True)

    def all(self) -> dict[str, Caller]:
        """Everybody by name, the public too."""
        return {"public": self.public, **{name: getattr(self, name) for name in STAFF}}

    def reporter(self, token: str) -> Caller:
        """Who shows this tracking token."""
        return Caller(self.client, f"Tracking {token}")

    def file(self, filed_by: Caller | None = None, **changes: Any) -> Filed:
        """A street light is out in phường Long Hoa, with ``changes``."""
        answer = (filed_by or self.public).call("POST", "/reports", json={**LIGHT, **changes})
        assert answer.status_code == 201, answer.text
        return self.filed(answer)

    def file_with_photos(self, *photos: bytes, **changes: Any) -> Filed:
        """The same as multipart, with photos."""
        return self.filed(self.post_form({**LIGHT, **changes}, photos))

    def post_form(
        self, report: Mapping[str, Any], photos: Any, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """POST /reports as multipart."""
        return self.public.call("POST", "/reports", headers=headers, data=form(report, photos))

    def filed(self, answer: TestResponse) -> Filed:
        """What an answer to a filing says."""
        body = answer.json
        return Filed(body["code"], body, self.reporter(body["tracking_token"]))


def form(body: Mapping[str, Any], photos: Any, part: str = "report") -> dict[str, Any]:
    """A multipart body: JSON in one part, photos in parts of their own."""
    files = [(BytesIO(content), f"{n}.jpg", "image/jpeg") for n, content in enumerate(photos)]
    return {part: json.dumps(body), "photos": files}


def at_once(app: Flask, moment: datetime, *calls: Callable[[], Any]) -> list[Any]:
    """Let several threads call together, their clocks at ``moment``; what each returned."""
    barrier, answers = Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        with app.app_context(), clock.moved_to(moment):
            barrier.wait()
            answers[place] = call()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def work_outbox() -> None:
    """Do what workers would do, until nothing is due."""
    while outbox.work() + recount.catch_up():
        continue
    db.session.expire_all()


def rows() -> dict[str, list[str]]:
    """Every row of every table, to be compared before and after."""
    db.session.rollback()
    return {
        table.name: sorted(map(repr, db.session.execute(table.select())))
        for table in db.metadata.sorted_tables
    }
