"""Duplicates once all reports were read: whom they follow, and so what became of their promise.

A report merged into one that was merged later follows that one's master. So masters are known at
the end only; until then a few numbers of each duplicate are kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import groupby, islice

from reports_service.domain.lifecycle import Status
from reports_service.domain.local_days import to_micros, to_moment
from reports_service.reports.codes import DIGITS, grouped
from reports_service.reports.replay import Rebuilt
from reports_service.statistics.verification.counted import Counting
from reports_service.statistics.verification.differences import Difference, Kind
from reports_service.statistics.verification.histories import AnyRow, histories_of
from reports_service.statistics.verification.standing import rebuilt

NOBODY = -1
AT_ONCE = 500  # masters


class Duplicates:
    """The duplicates met so far, by numbers: the ten digits of a code are one."""

    def __init__(self) -> None:
        self._into: dict[int, int] = {}
        self._promised = array("q")  # in microseconds since 1970, in the order of ``_into``
        self._followed = array("q")  # the master that the row names

    def keep(self, row: AnyRow, report: Rebuilt) -> Iterator[Difference]:
        """Keep a report for ``settle`` if it is a duplicate; else it may have no master."""
        if report.status == Status.DUPLICATE and report.merged_into and report.promised_by:
            self._into[int(row.code)] = int(report.merged_into)
            self._promised.append(to_micros(report.promised_by))
            self._followed.append(NOBODY if row.master is None else int(row.master))
        elif row.master is not None:
            yield _other_master(int(row.code), NOBODY, int(row.master))

    def settle(self, counting: Counting) -> Iterator[Difference]:
        """Count their promises by what became of their masters. Names wrong masters."""
        followers = sorted(
            (self._master_of(into), code, promised, followed)
            for (code, into), promised, followed in zip(
                self._into.items(), self._promised, self._followed, strict=True
            )
        )
        by_master = groupby(followers, key=lambda follower: follower[0])
        while some := [(master, list(theirs)) for master, theirs in islice(by_master, AT_ONCE)]:
            fates = _fates([master for master, _ in some])
            for master, theirs in some:
                for _, code, promised, followed in theirs:
                    if followed != master:
                        yield _other_master(code, master, followed)
                    fate = fates.get(master, Rebuilt())
                    counting.promise(to_moment(promised), fate.status, fate.resolved_at)

    def _master_of(self, into: int) -> int:
        """The report at the end of what was merged into what."""
        met = {into}
        while (above := self._into.get(into)) is not None and above not in met:
            met.add(above)
            into = above
        return into


def _fates(masters: list[int]) -> dict[int, Rebuilt]:
    """Each master as its own events leave it."""
    codes = [f"{master:0{DIGITS}d}" for master in masters]
    return {
        int(history.report.code): rebuilt(history)[0]
        for history in histories_of(codes)
        if history.report is not None
    }


def _other_master(code: int, expected: int, found: int) -> Difference:
    return Difference(
        Kind.REPORT_DIFFERS,
        _written(code),
        field="master",
        expected=_written(expected),
        found=_written(found),
    )


def _written(code: int) -> str | None:
    return None if code == NOBODY else grouped(f"{code:0{DIGITS}d}")
