"""Who is named as best and as needing attention: one rule for the page, the mail and the paper."""

from __future__ import annotations

from typing import Any

import pytest

from reports_service.domain.held_up import HELD_UP_FROM, SHOWN, held_up


def row(rank: int | None, share: float, due: int = 20) -> dict[str, Any]:
    """An agency's row, as far as it is read."""
    return {"rank": rank, "on_time_rate": share, "due": due}


def ranks(rows: Any) -> list[int]:
    return [one["rank"] for one in rows]


@pytest.mark.parametrize("among", range(1, 12))
def test_the_first_of_its_kind_never_needs_attention(among: int) -> None:
    found = held_up([row(n, 0.5 - n / 100) for n in range(1, among + 1)], 0.9)
    assert 1 not in ranks(found.worst)
    assert bool(found.worst) == (among > 1)


def test_who_shares_the_first_place_never_needs_attention() -> None:
    assert held_up([row(1, 0.5), row(1, 0.5), row(1, 0.5)], 0.9).worst == []


def test_the_first_with_enough_due_does_not_stand_in_for_the_last_of_all() -> None:
    """The others of the kind had too few: the one that is left is still the first of seven."""
    few = [row(n, 0.9 - n / 100, HELD_UP_FROM - 1) for n in range(2, 8)]
    found = held_up([row(1, 0.87, 23), *few], 0.95)
    assert (ranks(found.best), found.worst) == ([1], [])
    assert (found.firm, found.among) == (1, 7)


def test_the_last_are_named_last_first_and_nobody_twice() -> None:
    found = held_up([row(n, 0.5 - n / 100) for n in range(1, 9)], 0.9)
    assert ranks(found.best) == [1, 2, 3]
    assert ranks(found.worst) == [8, 7, 6]
    assert SHOWN == 3


def test_who_reaches_the_share_of_all_needs_no_attention() -> None:
    found = held_up([row(1, 0.99), row(2, 0.95), row(3, 0.9), row(4, 0.8)], 0.9)
    assert ranks(found.worst) == [4]


@pytest.mark.parametrize(("due", "named"), [(HELD_UP_FROM - 1, []), (HELD_UP_FROM, [3])])
def test_a_handful_of_cases_holds_nobody_up(due: int, named: list[int]) -> None:
    found = held_up([row(1, 0.9), row(2, 0.8), row(3, 0.2, due)], 0.85)
    assert ranks(found.worst) == named


def test_who_is_not_ranked_and_who_is_alone_is_not_held_up() -> None:
    found = held_up([row(1, 0.5), row(None, 0.1, 4)], 0.9)
    assert (found.best, found.worst, found.among) == ([], [], 1)


def test_nobody_is_held_up_where_nothing_is_known() -> None:
    found = held_up([], None)
    assert (found.best, found.worst, found.firm, found.among) == ([], [], 0, 0)
