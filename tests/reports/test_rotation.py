"""Another key for reporters' data, another secret: nothing that people hold stops to work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from reports_service.cli import reports as command_line
from reports_service.core import clock, keys
from reports_service.core.db import db, unit_of_work
from reports_service.core.reference import Snapshot
from reports_service.notifications.push import sending
from reports_service.reports import identity, rotation, tracking
from reports_service.reports.models import Report, Reporter
from tests.accounts.doors import code_of, enrol, knock
from tests.personas import CONTACT, LIGHT, Filed, People

PEOPLE = 5
NEXT = "the-secret-that-comes-after-the-first-one"


class PowerCut(Exception):
    """The end of a process in the middle."""


@pytest.fixture
def filed(live_province: Flask, people: People) -> Iterator[list[Filed]]:
    """Reports of several people, filed under the first secret."""
    config = live_province.config
    before = config["SECRET_KEY"], config["SECRET_KEYS_OLD"]
    yield [
        people.file(reporter={**CONTACT, "email": f"hoa{number}@vidu.vn"})
        for number in range(PEOPLE)
    ]
    config["SECRET_KEY"], config["SECRET_KEYS_OLD"] = before
    Snapshot.forget_all()


def change_secret(app: Flask, secret: str = NEXT) -> None:
    """As processes that start again see it."""
    app.config["SECRET_KEYS_OLD"] = (app.config["SECRET_KEY"], *app.config["SECRET_KEYS_OLD"])
    app.config["SECRET_KEY"] = secret
    Snapshot.forget_all()


def take_old_secrets_away(app: Flask) -> None:
    app.config["SECRET_KEYS_OLD"] = ()
    Snapshot.forget_all()


def nothing(_rows: int, _of: int) -> None:
    """Who watches nothing."""


def emails() -> set[str | None]:
    db.session.rollback()
    return {identity.read(one).email for one in db.session.scalars(select(Reporter))}


def all_works(filed: list[Filed], people: People) -> None:
    """The data are read, tokens open, histories hold, a follower is known again."""
    assert emails() >= {f"hoa{number}@vidu.vn" for number in range(PEOPLE)}
    for one in filed:
        assert "withdraw" in one.reporter.report(one.code)["actions"], "the token from before"
        assert people.admin.report(one.code)["inside"]["history_holds"]


def follow(people: People, code: str) -> int:
    """The same person follows a report; how many follow it then."""
    same = {**CONTACT, "email": "Follower@vidu.vn"}
    answer = people.public.call("POST", f"/reports/{code}/followers", json={"reporter": same})
    assert answer.status_code in (200, 201), answer.text
    return int(answer.json["followers"])


def test_a_rotation_that_breaks_off_is_gone_on_with_and_the_old_secret_can_go(
    live_province: Flask, people: People, filed: list[Filed]
) -> None:
    pushing, following = sending.public_key(), follow(people, filed[0].code)
    change_secret(live_province)
    all_works(filed, people)

    def cut(rows: int, _of: int) -> None:
        if rows >= 2:
            raise PowerCut

    with pytest.raises(PowerCut):
        rotation.rotate(cut, batch=2)
    assert [(use.rows, use.present) for use in rotation.usage()] == [(2, True), (PEOPLE - 1, False)]
    all_works(filed, people)
    assert follow(people, filed[0].code) == following, "known by the index of the old key"

    done = rotation.rotate(nothing, batch=2)
    assert (done.rows, done.unreadable, done.begun) == (PEOPLE - 1, [], False)
    take_old_secrets_away(live_province)
    assert [(use.rows, use.present) for use in rotation.usage()] == [(PEOPLE + 1, True)]
    all_works(filed, people)
    assert follow(people, filed[0].code) == following
    assert sending.public_key() == pushing, "devices know us by it"


def test_without_another_secret_a_new_version_begins(
    live_province: Flask, people: People, filed: list[Filed]
) -> None:
    before = db.session.execute(select(Reporter.email, Reporter.email_index)).all()
    done = rotation.rotate(nothing)
    assert (done.rows, done.begun, done.kept) == (PEOPLE, True, 0)
    db.session.rollback()
    after = db.session.execute(select(Reporter.email, Reporter.email_index)).all()
    assert not {bytes(one) for row in before for one in row} & {
        bytes(one) for row in after for one in row
    }
    all_works(filed, people)
    people.file(reporter=CONTACT)
    assert [use.name[-2:] for use in rotation.usage()] == ["-2"], "who files next uses it too"


def test_tokens_of_a_secret_that_leaked_can_be_ended(
    live_province: Flask, people: People, filed: list[Filed]
) -> None:
    change_secret(live_province)
    rotation.rotate(nothing, tokens=False)
    take_old_secrets_away(live_province)
    report = db.session.scalar(select(Report).order_by(Report.id).limit(1))
    old = filed[0].answer["tracking_token"]
    assert not tracking.shown(report, old)
    assert tracking.shown(report, tracking.token_of(report))
    assert people.admin.report(filed[0].code)["inside"]["history_holds"]


def test_data_of_a_lost_secret_are_named_and_left_as_they_are(
    live_province: Flask, filed: list[Filed]
) -> None:
    before = db.session.execute(select(Reporter.id, Reporter.email)).all()
    live_province.config["SECRET_KEY"] = NEXT
    Snapshot.forget_all()
    refused, looked = run("rotate"), run("check")
    assert (refused.exit_code, looked.exit_code) == (1, 1)
    assert f"No known key opens the data of {PEOPLE} reporters" in refused.stderr
    assert f"Unknown key {keys.name_of('known-to-every-test-and-worth-nothing')}-1: 5" in (
        looked.stdout
    )
    db.session.rollback()
    assert db.session.execute(select(Reporter.id, Reporter.email)).all() == before
    with pytest.raises(identity.Unreadable):
        emails()


def test_the_command_says_how_far_it_came_and_what_is_in_use(
    live_province: Flask, filed: list[Filed]
) -> None:
    with unit_of_work():
        first = db.session.scalars(select(Reporter).limit(1)).one()
        first.key_name = None  # as the first version wrote it
    assert "Old key without a name: 1 reporters" in run("check").stdout
    change_secret(live_province)
    done, looked = run("rotate"), run("check")
    assert (done.exit_code, looked.exit_code) == (0, 0), done.output + looked.output
    assert "100 %" in done.stderr
    assert f"The data of {PEOPLE} reporters are under the new key" in done.stderr
    assert looked.stdout == f"Present key {keys.name_of(NEXT)}-1: {PEOPLE} reporters\n"


def run(*words: str) -> Result:
    db.session.commit()
    return CliRunner(env={"LANGUAGE": "en"}).invoke(command_line, ["keys", *words])


def test_a_filing_that_is_sent_again_after_the_change_is_the_same(
    live_province: Flask, people: People
) -> None:
    key = {"Idempotency-Key": "f3b1c2d4-0000-4000-8000-000000000001"}
    first = people.public.call("POST", "/reports", json=dict(LIGHT), headers=key)
    before = live_province.config["SECRET_KEY"]
    try:
        change_secret(live_province)
        rotation.rotate(nothing)
        take_old_secrets_away(live_province)
        again = people.public.call("POST", "/reports", json=dict(LIGHT), headers=key)
    finally:
        live_province.config["SECRET_KEY"] = before
        live_province.config["SECRET_KEYS_OLD"] = ()
        Snapshot.forget_all()
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["code"] == first.json["code"]


def test_a_second_factor_and_its_codes_on_paper_outlive_the_secret(
    live_province: Flask, filed: list[Filed], people: People
) -> None:
    secret, codes = enrol(people.officer)
    change_secret(live_province)
    rotation.rotate(nothing)
    take_old_secrets_away(live_province)
    with clock.moved_to(clock.now() + timedelta(minutes=5)):
        assert knock(people, code=code_of(secret)).status_code == 201
        assert knock(people, code=codes[0]).status_code == 201
        assert knock(people, code=codes[0]).status_code == 401, "each once"
