"""What workers gave up: seen in words without people, tried again, dropped, and each act kept."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from reports_service.cli import reports
from reports_service.core import clock, outbox
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.dead_letters.purposes import PURPOSES
from reports_service.notifications.mail import NotSentYet
from reports_service.reports.chain import FIGURES, NOTIFY
from reports_service.reports.models import Event
from tests.personas import Filed, People
from tests.statements import plan, statements

ERROR = (
    "SMTPRecipientsRefused: {'lan@demo.example': (550, b'no')}, 0912 345 678, "
    "https://push.example/send/secret-of-a-device\nDETAIL:  Key (name)=(Lan) already exists."
)
LETTERS = "/admin/dead-letters"


def give_up(kind: str, payload: Mapping[str, Any], error: str = ERROR) -> int:
    """An effect as the last attempt leaves it."""
    with unit_of_work():
        effect = outbox.put(kind, payload)
        effect.attempts, effect.dead_at, effect.last_error = 30, clock.now(), error
        db.session.flush()
        return effect.id


def event_of(filed: Filed) -> int:
    found = db.session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1))
    assert found is not None
    return found


def acts() -> list[tuple[str, str]]:
    """What the audit log has about effects."""
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_kind == "effect").order_by(AuditEntry.id)
    )
    return [(entry.act, entry.object_key) for entry in entries]


def effect(number: int) -> Effect | None:
    return db.session.get(Effect, number, populate_existing=True)


@pytest.fixture
def letter(filed: Filed) -> int:
    """A notice of the report that never left."""
    return give_up(NOTIFY, {"event_id": event_of(filed)})


@pytest.fixture
def run(people: People) -> Any:
    def answer(*words: str) -> str:
        db.session.commit()
        return CliRunner(env={"LANGUAGE": "en"}).invoke(reports, ("outbox", *words)).output

    return answer


def test_the_list_says_what_each_was_for_and_names_nobody(
    people: People, filed: Filed, letter: int
) -> None:
    (shown,) = people.admin.call("GET", LETTERS).json["items"]
    assert shown["purpose"] == f"Báo cho những người liên quan về phản ánh {filed.code}"
    assert (shown["id"], shown["attempts"], shown["report"]) == (letter, 30, filed.code)
    assert shown["error"].startswith("SMTPRecipientsRefused: {'•••': (550")
    for person in ("lan@", "Lan", "0912", "secret-of-a-device"):
        assert person not in shown["error"]
    assert acts() == [("looked", "*")]


def test_every_kind_of_effect_is_told_in_words(people: People) -> None:
    of_tests = {kind for kind, does in outbox._handlers.items() if "tests." in does.__module__}
    assert set(outbox.kinds()) - of_tests == set(PURPOSES) - {FIGURES}  # counted in their own way
    for kind, purpose in PURPOSES.items():
        give_up(kind, {purpose.field: 2_000_000})
    give_up("of-an-older-version", {})
    said = [one["purpose"] for one in people.admin.call("GET", LETTERS).json["items"]]
    assert len(set(said)) == len(PURPOSES) + 1
    assert "“of-an-older-version”" in said[0]


def test_one_that_is_tried_again_begins_anew_and_is_done(
    people: People, filed: Filed, letter: int
) -> None:
    assert people.admin.call("POST", f"{LETTERS}/{letter}/retry", json={}).status_code == 200
    waiting = effect(letter)
    assert waiting is not None
    assert (waiting.dead_at, waiting.attempts) == (None, 0)
    while outbox.work():
        continue
    done = effect(letter)
    assert done is not None and done.done_at is not None
    assert acts() == [("retried", str(letter))]
    assert people.admin.call("POST", f"{LETTERS}/{letter}/retry", json={}).status_code == 404


def test_an_orphan_cannot_finish_what_is_tried_again(people: People, letter: int) -> None:
    before = effect(letter)
    assert before is not None
    orphan = outbox.Leased(letter, before.fence)
    people.admin.call("POST", f"{LETTERS}/{letter}/retry", json={})
    assert not outbox.perform(orphan)


def test_figures_that_are_tried_again_are_counted_by_who_counts(
    people: People, filed: Filed
) -> None:
    number = give_up(FIGURES, {"report_id": 1})
    people.admin.call("POST", f"{LETTERS}/{number}/retry", json={})
    counted = effect(number)
    assert counted is not None and counted.together


def test_one_that_is_dropped_is_gone_and_the_log_keeps_what_it_was(
    people: People, filed: Filed, letter: int
) -> None:
    assert people.admin.call("DELETE", f"{LETTERS}/{letter}").status_code == 200
    assert effect(letter) is None
    assert people.admin.call("GET", f"{LETTERS}/{letter}").json["code"] == "dead_letter_unknown"
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "dropped"))
    assert entry.account_id is not None
    assert entry.detail["about"] == filed.code
    assert entry.detail["payload"] == {"event_id": event_of(filed)}
    assert "lan@" not in entry.detail["error"]


def test_all_of_a_kind_are_tried_again_at_once(people: People, letter: int) -> None:
    other = give_up("of-an-older-version", {})
    answer = people.admin.call("POST", f"{LETTERS}/retries", json={"kind": NOTIFY})
    assert answer.json == {"retried": 1}
    left = effect(other)
    assert left is not None and left.dead_at is not None


def test_what_still_waits_or_is_done_is_no_dead_letter(people: People, filed: Filed) -> None:
    waiting = db.session.scalar(select(Effect.id).limit(1))
    assert people.admin.call("GET", f"{LETTERS}/{waiting}").status_code == 404
    assert people.admin.call("DELETE", f"{LETTERS}/{waiting}").status_code == 404
    assert people.admin.call("GET", LETTERS).json["items"] == []


def test_a_long_list_takes_no_more_statements_and_reads_an_index(
    people: People, filed: Filed, letter: int
) -> None:
    with statements() as few:
        people.admin.call("GET", LETTERS)
    for _ in range(20):
        give_up(NOTIFY, {"event_id": event_of(filed)})
    with statements() as many:
        people.admin.call("GET", LETTERS)
    assert len(many) == len(few)
    query = select(Effect.id).where(Effect.dead_at.is_not(None)).order_by(Effect.id.desc())
    assert "ix_outbox_given_up" in plan(query.limit(50))


def test_the_page_shows_retries_and_drops(people: People, filed: Filed, letter: int) -> None:
    browser = people.client.application.test_client()
    browser.set_cookie("session", people.admin.authorization.removeprefix("Bearer "))
    page = browser.get(LETTERS).text
    assert '<time datetime="' in page and "&lt;time" not in page
    shown = html.unescape(page)
    assert f"Báo cho những người liên quan về phản ánh {filed.code}" in shown
    assert "lan@demo.example" not in shown
    token = re.search(r'name="form_token" value="(\w+)"', shown)
    assert token is not None

    def send(path: str) -> int:
        return browser.post(f"{LETTERS}{path}", data={"form_token": token[1]}).status_code

    second = give_up(NOTIFY, {"event_id": event_of(filed)})
    assert [send(f"/{letter}/retry"), send(f"/{second}/drop")] == [303, 303]
    assert effect(second) is None
    give_up(NOTIFY, {"event_id": event_of(filed)})
    assert send("/retry") == 303
    assert "Không có việc nào bỏ dở" in browser.get(LETTERS).text
    assert [act for act, _ in acts()] == ["looked", "retried", "dropped", "retried", "looked"]


def test_the_command_lists_retries_and_drops(run: Any, filed: Filed, letter: int) -> None:
    listed = run("list")
    assert f"Tell those concerned of report {filed.code}" in listed
    assert "after 30 attempts" in listed
    assert "lan@" not in listed
    assert "Name a number" in run("retry")
    assert run("retry", str(letter)) == "Tried again: 1.\n"
    second = give_up(NOTIFY, {"event_id": event_of(filed)})
    assert filed.code in run("drop", str(second))
    assert "Nothing that was given up has the number" in run("drop", str(second))
    third = give_up(NOTIFY, {"event_id": event_of(filed)})
    assert run("retry", "--all") == "Tried again: 1.\n"
    assert "Nothing is given up" in run("list", "--kind", NOTIFY)
    assert acts()[1:-1] == [
        ("retried", str(letter)),
        ("dropped", str(second)),
        ("retried", "*"),
    ]
    assert third


def test_an_error_is_kept_without_the_person_from_the_start(people: People, filed: Filed) -> None:
    def fail(payload: Mapping[str, Any]) -> None:
        raise NotSentYet("550 no mailbox lan@demo.example")

    outbox.handles("kind-that-fails")(fail)
    with unit_of_work():
        number = outbox.put("kind-that-fails", {})
        db.session.flush()
    outbox.work()
    failed = effect(number.id)
    assert failed is not None
    assert failed.last_error == "NotSentYet: 550 no mailbox •••"
