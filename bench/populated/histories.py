"""What becomes of a stretch of reports: who files what, who holds it in turn, how it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.populated.hours import NONE, WORKING_DAY_S, Hours, Moments
from bench.populated.legs import Legs, Plan, Stage, code, live
from bench.populated.province import Province
from reports_service.domain.channels import Channel
from reports_service.domain.outcomes import Outcome

Numbers = np.ndarray[Any, Any]
CHANNELS = tuple(Channel)
CHANNEL_SHARES = (0.38, 0.08, 0.24, 0.07, 0.15, 0.03, 0.04, 0.01)
PRIORITIES = ("normal", "urgent", "emergency")
PRIORITY_SHARES = (0.9, 0.08, 0.02)
DAY_S = 86_400
# Hourly shares of filings, local time, from midnight.
HOURLY = np.array([1, 1, 1, 1, 1, 3, 8, 14, 20, 20, 18, 14, 10, 13, 17, 17, 15, 13, 12, 13, 12, 9,
                   5, 2], dtype=float)  # fmt: skip
WEEKDAYS = np.array([1.15, 1.1, 1.05, 1.05, 1.0, 0.85, 0.8])
GROWTH = 1.6  # how much more is filed in the last year than in the first
TRIAGED_FIRST = 0.08
NOT_CLASSIFIED = 0.2  # of those that the centre does not route
MERGED, WITHDRAWN, TRANSFERRED, HANDED_BACK, NO_REPLY = 0.035, 0.01, 0.05, 0.03, 0.005
REOPENED, RATED, RECURRING, ASKED, EXTENDED = 0.035, 0.16, 0.15, 0.06, 0.08
FORGOTTEN, STUCK_LATELY = 0.0002, 0.004
SILENCE_S = 7 * DAY_S
NEVER = 1 << 60


@dataclass
class Filed:
    """Reports as they were filed, as columns; ids and places as in ``Province``."""

    created_at: Moments
    leaf: Numbers
    commune: Numbers
    channel: Numbers
    priority: Numbers
    target_days: Numbers
    classified: Numbers


@dataclass
class Stretch:
    """Reports of a stretch of time with all their holdings; ``last`` is each report's last leg.

    ``master`` and ``recurs_to`` are places in the stretch, -1 for none. ``rating`` (0: none),
    ``rated_at`` and ``reopened_at`` belong to a leg.
    """

    filed: Filed
    legs: Legs
    number: Numbers
    last: Numbers
    master: Numbers
    recurs_to: Numbers
    rating: Numbers
    rated_at: Moments
    reopened_at: Moments


class Historian:
    """Tells stretches of one past: ten years that end at ``until``, the same for the same seed."""

    def __init__(self, province: Province, hours: Hours, first_day: int, until: int, offset: int):
        """``first_day``: in days since 1970; ``offset``: of local time, in seconds."""
        self.province, self.hours, self.until = province, hours, until
        self._offset = offset
        self._days = np.arange(first_day, (until + offset) // DAY_S + 1)
        weights = GROWTH ** np.linspace(0, 1, len(self._days)) * WEEKDAYS[(self._days + 3) % 7]
        weights[-1] *= ((until + offset) % DAY_S) / DAY_S
        self._filed_by = np.cumsum(weights) / weights.sum()

    def stretch(self, since: float, to: float, number: int, chance: np.random.Generator) -> Stretch:
        """``number`` reports, from one share of the whole past to another."""
        filed = self._filed(since, to, number, chance)
        master = _candidates(filed, chance)
        parts, reopened = self._lives(filed, master, chance)
        legs = Legs.join(parts)
        edge = np.append(legs.row[1:] != legs.row[:-1], True)
        last = np.flatnonzero(edge)
        first = np.append(0, last[:-1] + 1)
        judged = np.isin(legs.row, reopened) & ~edge & (legs.outcome == code(Outcome.RESOLVED))
        next_opened = np.append(legs.opened_at[1:], NONE)
        rating, rated_at = self._ratings(legs, edge, chance)
        return Stretch(
            filed=filed,
            legs=legs,
            number=np.arange(len(legs)) - first[legs.row] + 1,
            last=last,
            master=np.where(legs.outcome[last] == code(Outcome.MERGED), master, -1),
            recurs_to=_recurrences(filed, legs, last, chance),
            rating=rating,
            rated_at=rated_at,
            reopened_at=np.where(judged, next_opened, NONE),
        )

    def _filed(self, since: float, to: float, number: int, chance: np.random.Generator) -> Filed:
        share = since + (to - since) * chance.random(number)
        day = self._days[np.minimum(np.searchsorted(self._filed_by, share), len(self._days) - 1)]
        hour = np.searchsorted(np.cumsum(HOURLY) / HOURLY.sum(), chance.random(number))
        created = day * DAY_S + hour * 3600 + chance.integers(0, 3600, number) - self._offset
        late = created > self.until
        created[late] = self.until - chance.integers(1, 3600, number)[late]
        created.sort()
        leaf = chance.choice(len(self.province.leaves), number, p=self.province.leaf_weights)
        return Filed(
            created_at=created,
            leaf=leaf,
            commune=chance.choice(
                len(self.province.communes), number, p=self.province.commune_weights
            ),
            channel=chance.choice(len(CHANNELS), number, p=CHANNEL_SHARES),
            priority=chance.choice(len(PRIORITIES), number, p=PRIORITY_SHARES),
            target_days=self.province.target_days[leaf],
            classified=np.ones(number, dtype=bool),
        )

    def _lives(
        self, filed: Filed, master: Numbers, chance: np.random.Generator
    ) -> tuple[list[Legs], Numbers]:
        """The holdings of all, stage by stage, and the reports that were reopened."""
        number, may_merge = len(filed.leaf), master >= 0
        to_centre = (chance.random(number) < TRIAGED_FIRST) & ~may_merge
        to_centre[master[may_merge]] = False
        triage = self._triage(filed, np.flatnonzero(to_centre), chance)
        found = triage.outcome == code(Outcome.TRIAGED)
        refused = triage.row[(triage.outcome >= 0) & ~found]
        filed.classified[refused[chance.random(len(refused)) < NOT_CLASSIFIED]] = False

        rows = np.append(np.flatnonzero(~to_centre & ~may_merge), triage.row[found])
        opened = np.append(filed.created_at[~to_centre & ~may_merge], triage.ended_at[found])
        first = self._first(filed, rows, opened, chance)
        doubled = self._duplicates(filed, master, first, chance)
        both = Legs.join([first, doubled])
        back, second = self._handed_over(filed, both, chance)
        again = self._reopened(filed, [both, second], chance)
        return [triage, both, back, second, again], again.row

    def _triage(self, filed: Filed, rows: Numbers, chance: np.random.Generator) -> Legs:
        ends = (Outcome.TRIAGED, Outcome.REJECTED, Outcome.REFERRED, Outcome.RESOLVED)
        drawn = chance.choice([code(one) for one in ends], len(rows), p=(0.76, 0.13, 0.06, 0.05))
        return self._at_centre(filed, rows, filed.created_at[rows], Stage.TRIAGE, drawn, chance)

    def _at_centre(
        self,
        filed: Filed,
        rows: Numbers,
        opened: Moments,
        stage: Stage,
        outcome: Numbers,
        chance: np.random.Generator,
    ) -> Legs:
        n = len(rows)
        working = _lengths(chance, n, 7_000, 0.9)
        none = np.zeros(n, dtype=bool)
        plan = Plan(
            row=rows, stage=stage, agency=np.full(n, self.province.centre), opened_at=opened,
            target_days=filed.target_days[rows], acknowledging=np.full(n, NEVER), working=working,
            outcome=outcome, asks=none, reply_after=np.zeros(n, dtype=np.int64), extends=none,
        )  # fmt: skip
        return live(plan, self.hours, self.until, chance)

    def _first(
        self, filed: Filed, rows: Numbers, opened: Moments, chance: np.random.Generator
    ) -> Legs:
        agency = self._answers(filed, rows)
        ends = (Outcome.TRANSFERRED, Outcome.HANDED_BACK, Outcome.WITHDRAWN, Outcome.NO_REPLY,
                Outcome.RESOLVED)  # fmt: skip
        shares = [TRANSFERRED, HANDED_BACK, WITHDRAWN, NO_REPLY]
        drawn = chance.choice([code(one) for one in ends], len(rows), p=(*shares, 1 - sum(shares)))
        plan = self._plan(filed, rows, opened, agency, Stage.FIRST, drawn, chance)
        return live(plan, self.hours, self.until, chance)

    def _answers(self, filed: Filed, rows: Numbers) -> Numbers:
        """The agency that answers for the matter at the place."""
        named = self.province.answering[filed.leaf[rows], filed.commune[rows] % 3]
        return np.where(named > 0, named, self.province.committees[filed.commune[rows]])

    def _plan(
        self,
        filed: Filed,
        rows: Numbers,
        opened: Moments,
        agency: Numbers,
        stage: Stage,
        outcome: Numbers,
        chance: np.random.Generator,
    ) -> Plan:
        n, pace = len(rows), self.province.pace[agency]
        target = filed.target_days[rows] * WORKING_DAY_S
        working = (target * 0.5 * pace * np.exp(chance.normal(0, 1.05, n))).astype(np.int64)
        brief = np.isin(outcome, [code(one) for one in (
            Outcome.TRANSFERRED, Outcome.HANDED_BACK, Outcome.WITHDRAWN)])  # fmt: skip
        working = np.where(brief, working // 3, working)
        age_days = (self.until - opened) / DAY_S
        stuck = chance.random(n) < FORGOTTEN + STUCK_LATELY * np.exp(-age_days / 90)
        never = outcome == code(Outcome.NO_REPLY)
        return Plan(
            row=rows,
            stage=stage,
            agency=agency,
            opened_at=opened,
            target_days=filed.target_days[rows],
            acknowledging=(_lengths(chance, n, 9_000, 1.1) * pace).astype(np.int64),
            working=np.where(stuck, NEVER, working),
            outcome=outcome,
            asks=never | ((chance.random(n) < ASKED) & ~brief),
            reply_after=np.minimum(_lengths(chance, n, 50_000, 1.2), 10 * DAY_S - 1),
            extends=chance.random(n) < EXTENDED,
        )

    def _duplicates(
        self, filed: Filed, master: Numbers, others: Legs, chance: np.random.Generator
    ) -> Legs:
        """Merged while the master was held by its first agency; else they go their own way."""
        held_until = np.full(len(master), -1)
        held_until[others.row] = np.where(others.ended_at == NONE, NEVER, others.ended_at)
        rows = np.flatnonzero(master >= 0)
        opened = filed.created_at[rows]
        resolved = np.full(len(rows), code(Outcome.RESOLVED))
        plan = self._plan(
            filed, rows, opened, self._answers(filed, rows), Stage.FIRST, resolved, chance
        )
        soon = _lengths(chance, len(rows), 9_000, 1.0)
        merged_at = self.hours.when_worked(self.hours.worked(opened) + np.maximum(soon, 60))
        merges = merged_at < held_until[master[rows]]
        plan = replace(
            plan,
            working=np.where(merges, soon, plan.working),
            outcome=np.where(merges, code(Outcome.MERGED), plan.outcome),
            asks=plan.asks & ~merges,
            extends=plan.extends & ~merges,
        )
        return live(plan, self.hours, self.until, chance)

    def _handed_over(
        self, filed: Filed, held: Legs, chance: np.random.Generator
    ) -> tuple[Legs, Legs]:
        """Back at the centre, and at the agency that it goes to next."""
        was = held.outcome == code(Outcome.HANDED_BACK)
        triaged = np.full(int(was.sum()), code(Outcome.TRIAGED))
        back = self._at_centre(
            filed, held.row[was], held.ended_at[was], Stage.BACK_AT_CENTRE, triaged, chance
        )
        on = held.outcome == code(Outcome.TRANSFERRED)
        passed = back.outcome == code(Outcome.TRIAGED)
        rows = np.append(held.row[on], back.row[passed])
        opened = np.append(held.ended_at[on], back.ended_at[passed])
        left = np.full(len(filed.leaf), -1)
        left[held.row] = held.agency
        offices = self.province.departments
        drawn = chance.integers(0, len(offices), len(rows))
        agency = np.where(
            offices[drawn] == left[rows], offices[(drawn + 1) % len(offices)], offices[drawn]
        )
        outcome = np.full(len(rows), code(Outcome.RESOLVED))
        plan = self._plan(filed, rows, opened, agency, Stage.SECOND, outcome, chance)
        return back, live(plan, self.hours, self.until, chance)

    def _reopened(self, filed: Filed, held: list[Legs], chance: np.random.Generator) -> Legs:
        legs = Legs.join(held)
        after = chance.integers(3600, SILENCE_S, len(legs))
        opened = legs.ended_at + after
        happens = (legs.outcome == code(Outcome.RESOLVED)) & (opened <= self.until)
        happens &= chance.random(len(legs)) < REOPENED
        rows = legs.row[happens]
        outcome = np.full(len(rows), code(Outcome.RESOLVED))
        plan = self._plan(
            filed, rows, opened[happens], legs.agency[happens], Stage.REOPENED, outcome, chance
        )
        return live(plan, self.hours, self.until, chance)

    def _ratings(
        self, legs: Legs, is_last: Numbers, chance: np.random.Generator
    ) -> tuple[Numbers, Moments]:
        """1 to 5 for some of the results that still stand, and when; 0 for none."""
        rated_at = legs.ended_at + chance.integers(600, SILENCE_S, len(legs))
        rated = is_last & (legs.outcome == code(Outcome.RESOLVED)) & (rated_at <= self.until)
        rated &= chance.random(len(legs)) < RATED
        mood = 3.9 + self.province.kindness[legs.agency] + chance.normal(0, 1.1, len(legs))
        stars = np.clip(np.rint(mood), 1, 5).astype(np.int64)
        return np.where(rated, stars, 0), np.where(rated, rated_at, NONE)


def _lengths(chance: np.random.Generator, number: int, middle: float, spread: float) -> Numbers:
    """Log-normal lengths in whole seconds."""
    return (middle * np.exp(chance.normal(0, spread, number))).astype(np.int64)


def _candidates(filed: Filed, chance: np.random.Generator) -> Numbers:
    """For some reports the one of the same category before them, at whose place they are too."""
    number = len(filed.leaf)
    order = np.lexsort((np.arange(number), filed.leaf))
    before = np.full(number, -1)
    same = filed.leaf[order[1:]] == filed.leaf[order[:-1]]
    before[order[1:][same]] = order[:-1][same]
    doubles = (before >= 0) & (chance.random(number) < MERGED)
    doubles &= ~doubles[before]
    filed.commune[doubles] = filed.commune[before[doubles]]
    return np.where(doubles, before, -1)


def _recurrences(filed: Filed, legs: Legs, last: Numbers, chance: np.random.Generator) -> Numbers:
    """For some reports the one of the same category and commune that was closed before them."""
    number = len(filed.leaf)
    order = np.lexsort((np.arange(number), filed.commune, filed.leaf))
    before = np.full(number, -1)
    same = filed.leaf[order[1:]] == filed.leaf[order[:-1]]
    same &= filed.commune[order[1:]] == filed.commune[order[:-1]]
    before[order[1:][same]] = order[:-1][same]
    closed = np.where(legs.outcome[last] == code(Outcome.RESOLVED), legs.ended_at[last], NEVER)
    recurs = (before >= 0) & (closed[before] + SILENCE_S <= filed.created_at)
    recurs &= chance.random(number) < RECURRING
    return np.where(recurs, before, -1)
