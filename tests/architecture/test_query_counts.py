"""The number of queries behind a list does not grow with its rows."""

from __future__ import annotations

from typing import Any

from tests import pictures
from tests.personas import LIGHT, People, work_outbox
from tests.statements import statements

PLACE = LIGHT["location"]
LISTS: list[tuple[str, str, dict[str, Any]]] = [
    ("public", "/reports", {"limit": 100}),
    ("operator", "/reports", {"limit": 100}),
    ("officer", "/queue", {}),
    ("operator", "/queue", {}),
    ("public", "/reports/nearby", PLACE),
    ("officer", "/inbox", {}),
    ("leader", "/stats/agencies", {}),
    ("leader", "/stats/agencies/cong-trinh-do-thi-tay-ninh", {}),
    ("leader", "/stats/backlog", {}),
    ("leader", "/stats/assignments", {"measure": "received"}),
    ("leader", "/stats/agencies", {"compare": "both"}),
    ("leader", "/stats/categories", {"compare": "both"}),
    ("leader", "/stats/areas", {}),
    ("leader", "/stats/channels", {}),
    ("leader", "/stats/trend", {"by": "week"}),
    ("leader", "/stats/five-groups", {}),
    ("leader", "/stats/areas.csv", {}),
    ("leader", "/stats/agencies.xlsx", {}),
    ("leader", "/stats/assignments.csv", {"measure": "received"}),
    ("leader", "/stats/quality", {}),
    ("leader", "/stats/quality/assignments", {"check": "silent"}),
    ("admin", "/admin/categories", {}),
    ("admin", "/admin/accounts", {}),
    ("admin", "/admin/audit", {}),
]


def some_life(people: People, times: int) -> str:
    """Reports of several agencies and officers, with photos, notes and questions."""
    for number in range(times):
        filed = people.filed(people.post_form(LIGHT, [pictures.jpeg(40, 30)]))
        colleague = people.officer if number % 2 else people.head
        colleague.does(filed.code, "acknowledgement")
        people.officer.does(filed.code, "notes", {"note": "x"})
        other = people.file(category="nap-ho-ga")
        people.operator.does(other.code, "acknowledgement")
        back = people.file()
        people.head.does(back.code, "return", {"reason": "x"})
    return filed.code


def test_a_list_asks_as_often_for_many_rows_as_for_few(people: People) -> None:
    some_life(people, 1)
    work_outbox()
    for number in range(len(LISTS)):
        statements_of(people, number)  # reference data is in memory now
    few = [statements_of(people, number) for number in range(len(LISTS))]
    some_life(people, 3)
    work_outbox()
    many = [statements_of(people, number) for number in range(len(LISTS))]
    grown = [
        (LISTS[number], now)
        for number, (then, now) in enumerate(zip(few, many, strict=True))
        if len(now) > len(then)
    ]
    assert grown == []


def statements_of(people: People, number: int) -> list[str]:
    """What is sent for one of the lists."""
    who, path, query = LISTS[number]
    with statements() as sent:
        answer = getattr(people, who).get(path, **query)
    assert answer.status_code == 200, answer.text
    return sent


def test_a_report_asks_as_often_after_a_long_life_as_after_a_short_one(people: People) -> None:
    code = some_life(people, 1)
    people.operator.report(code)
    with statements() as few:
        people.operator.report(code)
    for number in range(5):
        people.officer.does(code, "notes", {"note": f"{number}"})
    people.head.does(code, "assignment", {"agency": "ubnd-25630", "reason": "x"})
    people.operator.does(code, "assignment", {"agency": "dien-luc", "reason": "x"})
    people.operator.report(code)
    with statements() as many:
        people.operator.report(code)
    assert len(many) <= len(few), "\n".join(many)


def test_filing_takes_at_most_twelve_statements(people: People) -> None:
    people.file()
    with statements() as sent:
        people.file()
    assert len(sent) <= 12, "\n".join(sent)
