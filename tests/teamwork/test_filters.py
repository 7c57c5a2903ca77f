"""Saved filters: checked as the queue would check them, in one's own order, shared if wanted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.personas import Caller, People


def save(caller: Caller, name: str, query: str = "state=overdue", **more: Any) -> dict[str, Any]:
    body = {"name": name, "query": query, **more}
    answer = caller.call("POST", "/filters", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json


def names(caller: Caller) -> list[str]:
    return [one["name"] for one in caller.get("/filters").json["items"]]


def test_a_filter_is_kept_with_what_the_queue_knows(people: People) -> None:
    made = save(people.officer, "Đèn quá hạn", "?state=overdue&category=den-duong&q=")
    assert made["query"] == "category=den-duong&state=overdue"
    assert made["mine"] and not made["shared"]
    assert names(people.officer) == ["Đèn quá hạn"]
    assert names(people.head) == []


@pytest.mark.parametrize(
    ("query", "blamed"),
    [
        ("state=lost", "state"),
        ("colour=red", "colour"),
        ("state=mine&state=overdue", "state"),
        ("cursor=abc", "cursor"),
        (f"q={'x' * 900}", "q"),
    ],
)
def test_what_the_queue_does_not_know_is_refused_in_words(
    query: str, blamed: str, people: People
) -> None:
    answer = people.officer.call("POST", "/filters", json={"name": "x", "query": query})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["field"] == "query"
    assert blamed in answer.json["detail"]


def test_the_whole_queue_is_a_filter_too(people: People) -> None:
    assert save(people.officer, "Tất cả", "")["query"] == ""


def test_one_that_is_shared_is_seen_in_the_agency_and_not_elsewhere(people: People) -> None:
    save(people.officer, "Của đơn vị", shared=True)
    (seen,) = people.head.get("/filters").json["items"]
    assert seen["shared"] and not seen["mine"]
    assert names(people.foreign_officer) == []
    assert names(people.operator) == []


def test_only_the_owner_changes_it_and_a_head_tidies_up(people: People) -> None:
    shared = save(people.head, "Của lãnh đạo", shared=True)
    own = save(people.officer, "Riêng")
    path = f"/filters/{shared['id']}"
    assert people.officer.call("PATCH", path, json={"name": "x"}).status_code == 404
    assert people.officer.call("DELETE", path).status_code == 404
    assert people.head.call("DELETE", f"/filters/{own['id']}").status_code == 404
    by_officer = save(people.officer, "Chung", shared=True)
    assert people.head.call("DELETE", f"/filters/{by_officer['id']}").status_code == 204
    assert names(people.officer) == ["Riêng", "Của lãnh đạo"]


def test_a_filter_changes(people: People) -> None:
    made = save(people.officer, "Một", shared=True)
    path = f"/filters/{made['id']}"
    change = {"name": "Hai", "query": "state=mine", "shared": False}
    changed = people.officer.call("PATCH", path, json=change).json
    assert (changed["name"], changed["query"], changed["shared"]) == ("Hai", "state=mine", False)
    assert people.officer.call("PATCH", path, json={"query": "x=y"}).status_code == 422
    assert names(people.head) == []


def test_filters_stand_in_the_order_wanted(people: People) -> None:
    first, second, third = (save(people.officer, name)["id"] for name in ("a", "b", "c"))
    ordered = people.officer.call("PUT", "/filters/order", json={"ids": [third, first, second]})
    assert [one["name"] for one in ordered.json["items"]] == ["c", "a", "b"]
    save(people.officer, "d")
    assert names(people.officer) == ["c", "a", "b", "d"]
    for wrong in ([first], [first, first, second, third], []):
        answer = people.officer.call("PUT", "/filters/order", json={"ids": wrong})
        assert answer.json["code"] == "filter_order_wrong"


def test_nobody_keeps_more_than_twenty(people: People) -> None:
    for number in range(20):
        save(people.officer, f"{number}")
    more = people.officer.call("POST", "/filters", json={"name": "21", "query": ""})
    assert (more.status_code, more.json["code"]) == (409, "filters_full")
    save(people.head, "Một bộ lọc")
