"""A backup that is made while people file is all of the service again, on an empty machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import func, select

from reports_service import create_app
from reports_service.attachments.models import Attachment
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.reports import identity
from reports_service.reports.models import Report
from tests.backups.conftest import Machine, machine_of
from tests.conftest import SeparateRequests
from tests.personas import API, CONTACT, MONDAY, People, form, work_outbox
from tests.pictures import jpeg

LIGHT_AT_NIGHT = {"category": "den-duong", "location": {"lat": 11.2871, "lon": 106.1312},
                  "description": "Đèn tắt", "channel": "app"}  # fmt: skip


def plain(code: str) -> str:
    """A code as rows have it."""
    return code.replace("-", "")


@contextmanager
def filing_on(app: Flask) -> Iterator[list[str]]:
    """People who file reports with photos meanwhile; the codes that were answered."""
    stop, codes, photo = Event(), [], jpeg(64, 48)

    def file() -> None:
        with app.app_context(), clock.moved_to(MONDAY):
            while not stop.is_set():
                sent = form(LIGHT_AT_NIGHT, [photo])
                answer = app.test_client().post(f"{API}/reports", data=sent)
                assert answer.status_code == 201, answer.text
                codes.append(plain(answer.json["code"]))
                time.sleep(0.1)

    threads = [Thread(target=file) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield codes
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def opened(machine: Machine) -> Iterator[Flask]:
    """The application of a restored machine."""
    app = create_app(
        "test",
        SECRET_KEY=(machine.folder / "secret_key").read_text().strip(),
        SQLALCHEMY_DATABASE_URI=machine.database,
        DATA_DIR=str(machine.folder),
        PHOTO_STORE=str(machine.folder / "photos"),
    )
    app.test_client_class = SeparateRequests
    Snapshot.forget_all()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    Snapshot.forget_all()


def test_a_backup_made_while_people_file_is_restored_on_an_empty_machine(
    live_province: Flask, people: People, empty_machine: Machine, key: Path, tmp_path: Path
) -> None:
    filed = people.file_with_photos(jpeg(320, 240), reporter=CONTACT)
    work_outbox()
    first = plain(filed.code)
    archive = tmp_path / "all.backup"
    with filing_on(live_province) as codes:
        while len(codes) < 4:
            time.sleep(0.05)
        before = set(codes)
        made = machine_of(live_province).says("backup", "create", str(archive), "--key", str(key))
        after = set(codes)
    assert made.returncode == 0, made.stderr
    assert made.stdout.strip() == str(archive)
    assert "100 %" in made.stderr
    assert after - before, "nobody filed meanwhile"

    back = empty_machine.says("backup", "restore", str(archive), "--key", str(key))
    assert back.returncode == 0, back.stderr
    assert "SECRET_KEY was put into the data folder" in back.stderr
    verified = empty_machine.says("stats", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.startswith("All fits")

    with opened(empty_machine) as app:
        there = set(db.session.scalars(select(Report.code)))
        assert before | {first} <= there <= set(codes) | {first}
        stored = app.extensions["storage"]
        pictures = db.session.scalars(select(Attachment)).all()
        assert len(pictures) == len(there)
        assert all(stored.exists(str(one.original_key)) for one in pictures)
        works_as_before(app, filed.code, filed.answer["tracking_token"])


def works_as_before(app: Flask, code: str, token: str) -> None:
    """Signing in, the tracking token, the contact it opens, a picture, and filing go on."""
    client, with_token = app.test_client(), {"Authorization": f"Tracking {token}"}
    signed_in = client.post(
        f"{API}/sessions", json={"email": "officer@demo.example", "password": "demo-1022"}
    )
    assert signed_in.status_code == 201
    own = client.get(f"{API}/reports/{code}", headers=with_token).json
    report = db.session.scalar(select(Report).where(Report.code == plain(code)))
    assert identity.read(report.reporter).email == CONTACT["email"]
    picture = client.get(own["photos"][0]["urls"]["small"])
    assert picture.status_code == 200
    assert picture.data[:2] == b"\xff\xd8"
    picture.close()
    highest = db.session.scalar(select(func.max(Report.id)))
    with clock.moved_to(MONDAY):
        new = client.post(f"{API}/reports", data=form(LIGHT_AT_NIGHT, [jpeg(64, 48)]))
    assert new.status_code == 201
    db.session.rollback()
    assert db.session.scalar(select(func.max(Report.id))) > highest  # numbers go on, with gaps
