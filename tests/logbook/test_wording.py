"""The log in words: every act and every kind of thing that the code writes down."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

import reports_service
from reports_service.core.words import LANGUAGES, catalogue, knows
from reports_service.logbook import facts, nightly, wording
from reports_service.reports import looking
from reports_service.reports.logged import REPORT
from tests.personas import CONTACT, People
from tests.web.staff import Desk

# Functions that make facts for events, beside the calls that write them.
MAKERS = {"_facts", "_opened", "_classification", "give_to"}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ROOT = Path(reports_service.__file__).parent
# What is handed through: an event's kind is said as the timeline says it; what was looked at; what
# comes back had an end, which is recorded of the same kind.
HANDED_ON = {"event.kind": [], "what": [looking.IDENTITY, looking.EXPORT], "kind": []}


def recorded() -> list[tuple[list[str], list[str]]]:
    """The acts and kinds of all ``audit.record(actor, act, kind, …)`` of the service."""
    found = []
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                found.append((values(node.args[1], module), values(node.args[2], module)))
    return found


def values(argument: ast.expr, module: str) -> list[str]:
    """A string, the constant of a name, or what is handed through."""
    said = ast.unparse(argument)
    if isinstance(argument, ast.Constant):
        return [str(argument.value)]
    if said in HANDED_ON:
        return HANDED_ON[said]
    found: Any = import_module(module)
    for part in said.split("."):
        found = getattr(found, part)
    return [str(found)]


@pytest.mark.pure
def test_each_act_and_each_kind_that_is_written_down_has_words() -> None:
    every = recorded()
    acts = {act for group, _ in every for act in group}
    kinds = {kind for _, group in every for kind in group}
    assert len(acts) > 20
    assert [act for act in acts if not knows(wording.ACT + act)] == []
    assert [kind for kind in kinds if not knows(wording.KIND + kind)] == []
    for language in LANGUAGES:
        assert acts < set(dict(wording.acts(language)))
        assert kinds == set(dict(wording.kinds(language))), "and no kind is left over"


@pytest.mark.pure
def test_an_act_is_said_of_what_it_is_done_to() -> None:
    assert wording.act_said("corrected", REPORT, "en") == "Corrected by the reporter"
    assert wording.act_said("corrected", "period", "en") == "Corrected published figures"
    assert wording.act_said("unheard of", "period", "en") == "unheard of"


@pytest.mark.pure
def test_what_changed_is_said_field_by_field() -> None:
    what = {
        "before": {"names": {"vi": "Cũ", "en": "Old"}, "to_committee": False, "word": None},
        "after": {"names": {"vi": "Mới", "en": "New"}, "to_committee": True, "word": "trụ"},
        "resolve": {"amount": 3, "unit": "working_days"},
        "renewed": ["password"],
    }
    said = [(one.name, one.value, one.before) for one in wording.told(what, "vi", ZONE)]
    assert said == [
        ("Tên", "Mới / New", "Cũ / Old"),
        ("Giao cho ủy ban xã, phường nơi xảy ra", "có", "không"),
        ("Từ trong nội dung", "trụ", "–"),
        ("Giải quyết trong", "3 ngày làm việc", None),
        ("Đã đặt mới", "password", None),
    ]
    at = [one.value for one in wording.told({"at": "2026-03-09T02:00:00+00:00"}, "vi", ZONE)]
    assert at == ["09:00 09/03/2026"]
    assert [one.value for one in wording.told({"x": "T-12"}, "vi", ZONE)] == ["T-12"]
    steps = [
        {"tell": "head", "at": 0.75, "names": {"vi": "Nhắc", "en": "Remind"}},
        {"tell": "leader", "after": {"amount": 1, "unit": "working_days"}},
    ]
    (inside,) = (one.value for one in wording.told({"steps": steps}, "vi", ZONE))
    assert inside == (
        "Nhắc ai: head, khi đã dùng phần thời hạn: 0.75, Tên: Nhắc / Remind; "
        "Nhắc ai: leader, sau khi quá hạn: 1 ngày làm việc"
    )
    weekly = {"monday": [["07:00", "11:30"], ["13:00", "17:00"]], "sunday": []}
    (hours,) = (one.value for one in wording.told({"weekly": weekly}, "en", ZONE))
    assert hours == "Monday: 07:00, 11:30; 13:00, 17:00, Sunday: –"
    a_day = {"day": "2026-03-10", "before": "week", "after": None}
    assert [one.name for one in wording.told(a_day, "en", ZONE)] == ["Day", "Before", "Now"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_the_table_hold_no_code_of_an_act_or_a_kind(
    app: Flask, people: People, language: str
) -> None:
    code = people.file(reporter=CONTACT).code
    people.officer.does(code, "acknowledgement")
    people.operator.get(f"/reports/{code}/identity")
    path = "/admin/routing-rules/1"
    assert people.admin.call("DELETE", path).status_code == 200
    people.admin.call("DELETE", f"{path}/end")
    desk = Desk(app, people.admin)
    for address in ("/admin/audit", "/admin"):
        shown = html.unescape(desk.see(address, lang=language).text)
        said = re.findall(r"</td><td>([^<]+) · ([^<]+) <a", shown)
        assert len(said) >= 4
        words = {word for _, word in wording.acts(language)}
        assert {act for act, _ in said} <= words
        assert {kind for _, kind in said} <= {word for _, word in wording.kinds(language)}
    table = desk.see("/admin/audit.csv", lang=language).get_data(as_text=True)
    assert not re.search(
        r"[\",;\t](routing_rule|brought_back|acknowledged|identity)[\",;\t]", table
    )


def test_the_filters_are_chosen_in_words(app: Flask, people: People) -> None:
    desk = Desk(app, people.admin)
    shown = desk.see("/admin/audit", act="signed_in", object_kind="account").text
    assert '<option value="signed_in" selected>Đăng nhập</option>' in shown
    assert '<option value="account" selected>tài khoản</option>' in shown
    odd = desk.see("/admin/audit", object_kind="chua-biet").text
    assert '<option value="chua-biet" selected>' in odd, "what was asked for is not hidden"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_when_the_log_was_checked(app: Flask, people: People, language: str) -> None:
    nightly.check()
    desk = Desk(app, people.admin)
    shown = desk.see("/admin/audit", lang=language).text
    begin = {"vi": "Kiểm tra lúc", "en": "Checked at"}[language]
    assert re.search(rf'<p>{begin} <time datetime="[^"]+">[^<]+</time>: ', shown)


def facts_written() -> set[str]:
    """The names in what is handed to events as facts, and in what that is made of."""
    found = {"status"}  # which each event gets
    for path in (ROOT / "reports").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for part in ast.walk(node) if path.name == "holding.py" else makes_facts(node):
                keys = part.keys if isinstance(part, ast.Dict) else []
                found |= {key.value for key in keys if isinstance(key, ast.Constant)}
    return found


def makes_facts(node: ast.AST) -> Iterator[ast.AST]:
    """All that is inside of a part of a module that makes facts."""
    match node:
        case ast.Call(func=called, args=[_, given, *_]) if ast.unparse(called) == "turn.record":
            yield from ast.walk(given)
        case ast.keyword(arg="facts" | "reason", value=given):
            yield from ast.walk(given)
        case ast.Assign(targets=[ast.Name(id="facts" | "before")], value=given):
            yield from ast.walk(given)
        case ast.FunctionDef(name=name) if name in MAKERS:
            yield from ast.walk(node)


@pytest.mark.pure
def test_every_fact_that_events_write_has_words() -> None:
    named = facts_written()
    assert {"ended", "assignment", "resolve_by", "instead_of", "place_fit"} <= named
    assert sorted(name for name in named if not knows(facts.NAME + name)) == []
    worded = {word.removeprefix(facts.NAME) for word in catalogue() if word.startswith(facts.NAME)}
    assert worded - named == set(), "and no words are left over"


def test_acts_on_reports_are_said_in_words_on_the_page_and_in_tables(
    app: Flask, people: People
) -> None:
    code = people.file(reporter=CONTACT).code
    people.officer.does(code, "acknowledgement")
    desk = Desk(app, people.admin)
    told = ("Trạng thái: đang xử lý", "Tiếp nhận lúc: ", "Giờ làm việc đến khi tiếp nhận: 0:00:00")
    page = html.unescape(desk.see("/admin/audit", act="acknowledged").text)
    table = desk.see("/admin/audit.csv", act="acknowledged").get_data(as_text=True)
    for said in told:
        assert said in page
        assert said in table
    assert "in_progress" not in page + table
    assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", table)
    english = desk.see("/admin/audit.csv", act="acknowledged", lang="en").get_data(as_text=True)
    assert "Working hours to acknowledge: 0:00:00" in english
    lines = desk.see("/admin/audit.jsonl", act="acknowledged").get_data(as_text=True)
    assert '"status":"in_progress"' in lines, "programs read codes"
