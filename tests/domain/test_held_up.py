"""Who is named as best and as needing attention: one rule for the page, the mail and the paper."""

from __future__ import annotations

from typing import Any

import pytest

from reports_service.domain.held_up import HELD_UP_FROM, SHOWN, held_up


def row(rank: int | None, met: int, due: int = 100) -> dict[str, Any]:
    """An agency's row, as far as it is read."""
    return {"rank": rank, "met": met, "due": due}


def ranks(rows: Any) -> list[int]:
    return [one["rank"] for one in rows]


@pytest.mark.parametrize("among", range(1, 12))
def test_the_first_of_its_kind_never_needs_attention(among: int) -> None:
    found = held_up([row(n, 50 - n) for n in range(1, among + 1)])
    assert 1 not in ranks(found.worst)
    assert bool(found.worst) == (among > 1)


def test_who_shares_the_first_place_never_needs_attention() -> None:
    assert held_up([row(1, 50), row(1, 50), row(1, 49)]).worst == []


def test_the_first_with_enough_due_does_not_stand_in_for_the_last_of_all() -> None:
    """The others of the kind had too few: the one that is left is still the first of seven."""
    few = [row(n, HELD_UP_FROM - 1, HELD_UP_FROM - 1) for n in range(2, 8)]
    found = held_up([row(1, 20, 23), *few])
    assert (ranks(found.best), found.worst) == ([1], [])
    assert (found.firm, found.among) == (1, 7)


def test_the_last_are_named_last_first_and_nobody_twice() -> None:
    rows = [row(n, 50 - n) for n in range(1, 9)]
    found, all_of_them = held_up(rows), held_up(rows, 5)
    assert ranks(found.best) == [1, 2, 3]
    assert ranks(found.worst) == [8, 7, 6]
    assert SHOWN == 3
    assert (ranks(all_of_them.best), ranks(all_of_them.worst)) == ([1, 2, 3, 4], [8, 7, 6, 5])


def test_who_reaches_the_share_of_its_kind_needs_no_attention() -> None:
    """By its lower bound ten of eleven stands below 95 of 100; it kept more than all together."""
    found = held_up([row(1, 95), row(2, 85), row(3, 10, 11), row(4, 70)])
    assert ranks(found.worst) == [4]


@pytest.mark.parametrize(("due", "named"), [(HELD_UP_FROM - 1, []), (HELD_UP_FROM, [3])])
def test_a_handful_of_cases_holds_nobody_up(due: int, named: list[int]) -> None:
    found = held_up([row(1, 90), row(2, 85), row(3, 2, due)])
    assert ranks(found.worst) == named


def test_who_is_not_ranked_and_who_is_alone_is_not_held_up() -> None:
    found = held_up([row(1, 50), row(None, 0, 4)])
    assert (found.best, found.worst, found.among) == ([], [], 1)


def test_nobody_is_held_up_where_nothing_is_known() -> None:
    found = held_up([])
    assert (found.best, found.worst, found.firm, found.among) == ([], [], 0, 0)
