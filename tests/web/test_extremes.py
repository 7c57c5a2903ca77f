"""Which agencies stand at the ends on a leader's first page, from rows as the table has them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from reports_service.domain.held_up import HELD_UP_FROM
from reports_service.web.leader.extremes import Extremes, extremes


def row(name: str, share: float, due: int, rank: int) -> dict[str, Any]:
    """An agency's row, as far as it is read."""
    return {
        "agency": {"code": name, "name": name, "kind": "utility"},
        "assignments": f"/list?agency={name}&measure={{measure}}",
        "on_time_rate": share,
        "on_time_lower_bound": share - 0.1,
        "due": due,
        "met": round(share * due),
        "ranked": True,
        "rank": rank,
    }


def ends(app: Flask, rows: list[dict[str, Any]]) -> Extremes:
    with app.test_request_context("/figures"):
        return extremes(rows, "vi")


def test_who_is_below_the_share_of_its_kind_needs_attention_however_few_agencies_there_are(
    app: Flask,
) -> None:
    found = ends(app, [row("giỏi", 0.9, 20, 1), row("vừa", 0.8, 20, 2), row("kém", 0.7, 30, 3)])
    (kind,) = found.kinds
    assert [one.name for one in kind.best] == ["giỏi", "vừa"]
    assert [one.name for one in kind.worst] == ["kém"]
    assert "kém" in found.title


def test_nobody_is_both_best_and_worst(app: Flask) -> None:
    (kind,) = ends(app, [row(str(n), 0.5 - n / 100, 20, n) for n in range(1, 9)]).kinds
    assert [one.rank for one in kind.best] == [1, 2, 3]
    assert [one.rank for one in kind.worst] == [8, 7, 6]
    (both,) = ends(app, [row("a", 0.5, 20, 1), row("b", 0.4, 20, 2)]).kinds
    assert ([one.name for one in both.best], [one.name for one in both.worst]) == (["a"], ["b"])


def test_the_first_of_a_kind_is_not_held_up_for_being_the_only_one_with_enough_due(
    app: Flask,
) -> None:
    rows = [row("điện", 0.87, 23, 1), *(row(str(n), 0.7, 5, n) for n in range(2, 8))]
    found = ends(app, rows)
    (kind,) = found.kinds
    assert ([one.name for one in kind.best], kind.worst) == (["điện"], [])
    assert "Cần quan tâm" not in found.title


def test_the_best_is_named_where_nobody_falls_behind(app: Flask) -> None:
    found = ends(app, [row("một", 0.9, 20, 1), row("hai", 0.9, 20, 2)])
    assert found.kinds[0].worst == []
    assert "một" in found.title


@pytest.mark.parametrize("few", [HELD_UP_FROM - 1])
def test_a_handful_of_cases_holds_nobody_up_and_the_counts_say_so(app: Flask, few: int) -> None:
    rows = [row("a", 0.9, 20, 1), row("ít", 0.2, few, 3), row("b", 0.5, 20, 2)]
    (kind,) = ends(app, rows).kinds
    assert "ít" not in [one.name for one in (*kind.best, *kind.worst)]
    assert (kind.firm, kind.among) == (2, 3)
