"""Cursor pagination: complete, in order, and only by cursors that were given out."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.core.pages import CursorInvalid, Key, page
from reports_service.core.reference import Revision

BY_KIND = (Key(Revision.kind, lambda row: row.kind),)
BY_NUMBER = (
    Key(Revision.number, lambda row: row.number, descending=True),
    Key(Revision.kind, lambda row: row.kind),
)


@pytest.fixture
def rows(app: Flask) -> None:
    db.session.add_all(Revision(kind=f"kind {n:02}", number=n % 3) for n in range(11))
    db.session.flush()


def walk(keys: tuple[Key, ...], limit: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    cursor = None
    while True:
        one = page(select(Revision), keys, cursor, limit)
        assert len(one.items) <= limit
        found += [(row.number, row.kind) for row in one.items]
        cursor = one.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 11, 12, 100])
def test_the_pages_together_are_the_list(rows: None, limit: int) -> None:
    assert [kind for _, kind in walk(BY_KIND, limit)] == [f"kind {n:02}" for n in range(11)]
    by_number = walk(BY_NUMBER, limit)
    assert by_number == sorted(by_number, key=lambda one: (-one[0], one[1]))
    assert len(by_number) == 11


def test_the_last_page_has_no_cursor_even_when_it_is_full(rows: None) -> None:
    assert page(select(Revision), BY_KIND, None, 11).next_cursor is None


def test_an_empty_list_is_one_empty_page(app: Flask) -> None:
    assert page(select(Revision), BY_KIND, None, 5).items == []


def test_a_cursor_of_another_order_is_refused(rows: None) -> None:
    cursor = page(select(Revision), BY_KIND, None, 2).next_cursor
    with pytest.raises(CursorInvalid):
        page(select(Revision), BY_NUMBER, cursor, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(min_size=1) | st.from_regex(r"[A-Za-z0-9_=-]{1,40}", fullmatch=True))
def test_whatever_cursor_is_sent_is_read_or_refused(rows: None, cursor: str) -> None:
    try:
        page(select(Revision), BY_NUMBER, cursor, 2)
    except CursorInvalid as refused:
        assert refused.values["field"] == "cursor"
