"""Reference data in memory: loaded once, loaded anew when its revision rose."""

from __future__ import annotations

import pytest
from flask import Flask

from reports_service.core import reference
from reports_service.core.db import unit_of_work
from reports_service.core.reference import Snapshot


@pytest.fixture
def loads() -> list[int]:
    return []


@pytest.fixture
def snapshot(app: Flask, loads: list[int]) -> Snapshot[int]:
    def load() -> int:
        loads.append(1)
        return len(loads)

    made = Snapshot("fruit", "trees", load=load)
    yield made
    Snapshot._all.remove(made)


def renew(snapshot: Snapshot[int]) -> int:
    """What it is once the second has passed after which it looks again."""
    snapshot._checked = float("-inf")
    return snapshot.current()


def test_it_is_loaded_once(snapshot: Snapshot[int], loads: list[int]) -> None:
    assert snapshot.current() == snapshot.current() == renew(snapshot) == 1
    assert len(loads) == 1


@pytest.mark.parametrize("kind", ["fruit", "trees"])
def test_it_is_loaded_anew_when_any_of_its_kinds_changed(
    kind: str, snapshot: Snapshot[int]
) -> None:
    assert snapshot.current() == 1
    with unit_of_work():
        reference.changed(kind)
    assert renew(snapshot) == 2
    assert renew(snapshot) == 2


def test_a_change_of_another_kind_does_not_matter(snapshot: Snapshot[int]) -> None:
    assert snapshot.current() == 1
    with unit_of_work():
        reference.changed("stones")
    assert renew(snapshot) == 1


def test_within_a_second_it_does_not_even_look(snapshot: Snapshot[int]) -> None:
    assert snapshot.current() == 1
    with unit_of_work():
        reference.changed("fruit")
    snapshot._checked = float("inf")
    assert snapshot.current() == 1


def test_forgotten_it_is_loaded_at_the_next_use(snapshot: Snapshot[int]) -> None:
    assert snapshot.current() == 1
    Snapshot.forget_all()
    assert snapshot.current() == 2
