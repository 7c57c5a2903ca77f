"""Two at the same moment: on a real database, with real commits."""

from __future__ import annotations

from typing import Any

from flask import Flask

from reports_service.teamwork.models import Draft
from tests.personas import MONDAY, People, at_once
from tests.teamwork.conftest import rows_of


def test_two_tabs_that_save_one_draft_leave_one(live_province: Flask, people: People) -> None:
    filed = people.file()

    def save(words: str) -> Any:
        body = {"fields": {"note": words}}
        path = f"/reports/{filed.code}/drafts/note"
        return lambda: people.officer.call("PUT", path, json=body).status_code

    assert at_once(live_province, MONDAY, *map(save, "abcd")) == [200] * 4
    assert rows_of(Draft) == 1


def test_a_draft_may_be_saved_while_the_act_is_done(live_province: Flask, people: People) -> None:
    filed = people.file()
    etag = people.officer.report(filed.code)["etag"]
    path = f"/reports/{filed.code}/drafts/acknowledge"

    def save() -> int:
        return people.officer.call("PUT", path, json={"fields": {"note": "x"}}).status_code

    def act() -> int:
        return people.officer.act(filed.code, "acknowledgement", etag=etag).status_code

    assert at_once(live_province, MONDAY, save, act) == [200, 201]


def test_every_use_of_a_template_counts(live_province: Flask, people: People) -> None:
    words = {"action": "note", "titles": {"vi": "x"}, "texts": {"vi": "x"}}
    made = people.head.call("POST", "/templates", json=words).json
    path = f"/templates/{made['id']}/uses"

    def use() -> int:
        return people.officer.call("POST", path).status_code

    assert at_once(live_province, MONDAY, use, use, use, use) == [204] * 4
    assert people.head.get(f"/templates/{made['id']}").json["uses"] == 4
