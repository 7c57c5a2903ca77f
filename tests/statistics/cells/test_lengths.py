"""Percentiles of few are exact and of many are close, whatever the lengths are kept as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from reports_service.domain.measures import percentile
from reports_service.statistics.cells.histograms import BINS, MIDDLES, bins_of
from reports_service.statistics.cells.layout import EXACT_BELOW, UNKNOWN
from reports_service.statistics.cells.lengths import SORTS, Known
from reports_service.statistics.cells.pool import Pool
from reports_service.statistics.cells.remembered import remembered

pytestmark = pytest.mark.pure
FEW, MANY = EXACT_BELOW - 1, EXACT_BELOW + 50


def drawn(acknowledged: int, resolved: int) -> Any:
    """So many rows with lengths to acknowledge, of which so many have some to resolve."""
    chance = np.random.default_rng(1022)
    rows = np.exp(chance.normal(10, 2, (acknowledged, SORTS))).astype(np.uint32)
    rows[resolved:, 2:4] = UNKNOWN
    return rows


def counted(acknowledged: int, resolved: int, still: int = 0) -> Known:
    known, longer = (acknowledged, resolved, acknowledged), (0, still, 0)
    return Known.of(*([np.array([one]) for one in part] for part in (known, longer)))


@pytest.mark.parametrize("rows", [(FEW, FEW), (MANY, FEW), (MANY, MANY), (1, 0), (0, 0)])
def test_few_are_exact_though_there_are_many_of_the_other_length(rows: tuple[int, int]) -> None:
    lengths, known = drawn(*rows), counted(*rows, still=7)
    pool = Pool(1)
    pool.add_rows(np.zeros(len(lengths), dtype=np.int64), lengths)
    kept = Pool(1)
    kept.add_cells(np.zeros(1, dtype=np.int64), known.known, pool.blobs(known))
    for found in (pool.percentiles(known)[0], kept.percentiles(known)[0]):
        for sort in range(SORTS):
            values = sorted(int(one) for one in lengths[:, sort] if one != UNKNOWN)
            within = 1e-12 if len(values) < EXACT_BELOW else 0.008
            for place, percent in enumerate((50, 90)):
                expected = percentile(values, 7 if sort in (2, 3) else 0, percent)
                if expected is None:
                    assert np.isnan(found[sort, place])
                else:
                    assert found[sort, place] == pytest.approx(expected, rel=within)


def test_cells_join_to_what_their_rows_together_are() -> None:
    """A part that is exact, and one with a histogram of one length only."""
    parts = [(FEW, 10), (MANY, FEW)]
    kept, known = Pool(1), []
    for rows in parts:
        pool, one = Pool(1), counted(*rows)
        pool.add_rows(np.zeros(rows[0], dtype=np.int64), drawn(*rows))
        kept.add_cells(np.zeros(1, dtype=np.int64), one.known, pool.blobs(one))
        known.append(one.known)
    whole = Known(sum(known), np.zeros((1, SORTS), dtype=np.int64))
    found = kept.percentiles(whole)[0]
    for sort in range(SORTS):
        every = np.concatenate([drawn(*rows)[:, sort] for rows in parts])
        values = sorted(every[every != UNKNOWN].tolist())
        assert found[sort, 0] == pytest.approx(percentile(values, 0, 50), rel=0.008)


def test_a_bin_stands_for_lengths_within_one_part_in_a_hundred_and_twenty() -> None:
    seconds = np.unique(np.geomspace(1, 2**32 - 1, 200_000).astype(np.uint32))
    bins = bins_of(seconds)
    assert bins.max() < BINS
    assert (np.abs(MIDDLES[bins] - seconds) / seconds).max() < 1 / 120
    assert bins_of(np.zeros(1, dtype=np.uint32)).tolist() == [0]


GROUPS = 50  # more than are worked out at once


class Stored:
    """A cell of many lengths for each group, in the database so to speak; what was fetched."""

    def __init__(self) -> None:
        pool, one = Pool(1), counted(MANY, MANY)
        pool.add_rows(np.zeros(MANY, dtype=np.int64), drawn(MANY, MANY))
        (self.blob,) = pool.blobs(one)
        self.known = Known(*(np.repeat(part, GROUPS, axis=0) for part in (one.known, one.longer)))
        self.fetched: list[int] = []

    def fetch(self, places: Any) -> list[bytes]:
        self.fetched += places.tolist()
        return [self.blob] * len(places)

    def asked(self, versions: Any, known: Known | None = None) -> tuple[Any, Any]:
        """Percentiles of the groups, and of all together."""
        self.fetched.clear()
        pool, known = Pool(GROUPS), known or self.known
        pool.add_stored(np.arange(GROUPS), self.known.known, versions, self.fetch)
        whole = pool.together(known)
        return pool.percentiles(known), whole.percentiles(known.together())


@pytest.fixture
def stored() -> Iterator[Stored]:
    """Nothing is remembered of other tests, nor left to them."""
    remembered.forget()
    yield Stored()
    remembered.forget()


def test_what_was_worked_out_is_not_fetched_again_until_a_version_changes(stored: Stored) -> None:
    versions = np.arange(1, GROUPS + 1)
    first = stored.asked(versions)
    assert stored.fetched == list(range(GROUPS))
    again = stored.asked(versions)
    assert stored.fetched == []
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    versions[21] = 1022
    assert np.array_equal(stored.asked(versions)[0], first[0])
    assert stored.fetched == list(range(20, 40)), "of those that are worked out together"


def test_how_many_are_still_open_makes_another_question(stored: Stored) -> None:
    versions = np.arange(1, GROUPS + 1)
    median, _ = stored.asked(versions)[0][0, 2]
    longer = stored.known.longer.copy()
    longer[:, 2:] = MANY // 2
    later, ninth = stored.asked(versions, Known(stored.known.known, longer))[0][0, 2]
    assert later > median
    assert np.isnan(ninth)


def test_cells_without_a_version_are_fetched_each_time(stored: Stored) -> None:
    versions = np.arange(GROUPS)
    stored.asked(versions)
    stored.asked(versions)
    assert stored.fetched == list(range(20)), "the first of them has none"
