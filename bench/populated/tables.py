"""Histories as columns of ``reports`` and ``assignments``, as the services leave them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from bench.populated.columns import Columns, Words
from bench.populated.histories import CHANNELS, DAY_S, PRIORITIES, SILENCE_S, Stretch
from bench.populated.hours import NONE, Hours, Moments
from bench.populated.legs import ACKNOWLEDGE_WORKING_S, KINDS, OUTCOMES, TRIAGE_WORKING_S, code
from bench.populated.province import Province
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.outcomes import Outcome
from reports_service.domain.targets import Target, Unit

Numbers = np.ndarray[Any, Any]
STATUSES = tuple(Status)
HOUR_S = 3600
REOPEN_S, KEPT_DAYS = 30 * DAY_S, 3650
ENDED_AS = {
    Outcome.REJECTED: Status.REJECTED,
    Outcome.REFERRED: Status.REFERRED,
    Outcome.WITHDRAWN: Status.WITHDRAWN,
    Outcome.MERGED: Status.DUPLICATE,
    Outcome.NO_REPLY: Status.CLOSED,
    Outcome.RESOLVED: Status.RESOLVED,
}
# Check digits by Damm's quasigroup, as reports_service.reports.codes has them from stdnum.
DAMM = np.array([[0, 3, 1, 7, 5, 9, 8, 6, 4, 2], [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
                 [4, 2, 0, 6, 8, 7, 1, 3, 5, 9], [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
                 [6, 1, 2, 3, 0, 4, 5, 9, 7, 8], [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
                 [5, 8, 6, 9, 7, 2, 0, 1, 3, 4], [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
                 [9, 4, 3, 8, 6, 1, 7, 2, 0, 5], [2, 5, 8, 1, 4, 3, 6, 7, 9, 0]])  # fmt: skip


def _status(outcome: Outcome) -> int:
    return STATUSES.index(ENDED_AS[outcome])


@dataclass(frozen=True)
class Ends:
    """How reports of a stretch stand at the end: places in ``STATUSES``, and moments."""

    status: Numbers
    since: Moments
    resolved_at: Moments
    closed_at: Moments
    closes_at: Moments
    reopens_until: Moments


def ends(told: Stretch, until: int) -> Ends:
    """How each report stands, from its last holding."""
    legs, last = told.legs, told.last
    outcome, ended = legs.outcome[last], legs.ended_at[last]
    seen, paused = legs.acknowledged_at[last], legs.paused_at[last]
    status, since = _held(told)
    for one, place in ((one, _status(one)) for one in ENDED_AS):
        status = np.where(outcome == code(one), place, status)
    since = np.where(outcome >= 0, ended, np.maximum(since, np.maximum(seen, paused)))

    resolved = outcome == code(Outcome.RESOLVED)
    rated = told.rated_at[last]
    closes = np.where(rated != NONE, rated, ended + SILENCE_S)
    closed = resolved & (closes <= until)
    status = np.where(closed, STATUSES.index(Status.CLOSED), status)
    no_reply = outcome == code(Outcome.NO_REPLY)
    over = np.isin(outcome, [code(one) for one in ENDED_AS if one not in
                             (Outcome.RESOLVED, Outcome.MERGED)])  # fmt: skip
    asking = np.where(paused != NONE, paused + 10 * DAY_S, NONE)
    reopens = np.where(resolved, ended + SILENCE_S + REOPEN_S, NONE)
    return Ends(
        status=status,
        since=np.where(closed, closes, since),
        resolved_at=np.where(resolved, ended, NONE),
        closed_at=np.where(closed, closes, np.where(over, ended, NONE)),
        closes_at=np.where(resolved & ~closed, closes, asking),
        reopens_until=np.where(no_reply, ended + REOPEN_S, reopens),
    )


def _held(told: Stretch) -> tuple[Numbers, Moments]:
    """The status of reports as if all were held still, and since when they are with the agency."""
    legs, last = told.legs, told.last
    seen, paused = legs.acknowledged_at[last], legs.paused_at[last]
    names = (Status.NEW, Status.AWAITING_REPORTER, Status.IN_PROGRESS, Status.ASSIGNED)
    new, awaiting, working, assigned = (STATUSES.index(one) for one in names)
    status = np.where(seen != NONE, working, assigned)
    status = np.where(paused != NONE, awaiting, status)
    return np.where(legs.triage[last], new, status), legs.opened_at[last]


def codes(first: int, number: int, of: int, chance: np.random.Generator) -> Numbers:
    """Public codes, ten digits each as bytes, ascending with random gaps."""
    gap = 10**9 // of
    body = np.arange(first, first + number) * gap + chance.integers(0, gap, number)
    digits = body[:, None] // 10 ** np.arange(8, -1, -1) % 10
    check = np.zeros(number, dtype=np.int64)
    for place in range(9):
        check = DAMM[check, digits[:, place]]
    text = np.column_stack([digits, check]).astype(np.uint8) + ord("0")
    return np.ascontiguousarray(text).view("S10")[:, 0]


@dataclass(frozen=True)
class Written:
    """What the reports of a stretch are given when they are written."""

    ids: Numbers
    codes: Numbers
    lat_lon: tuple[Numbers, Numbers]


def of_reports(
    told: Stretch, end: Ends, province: Province, hours: Hours, written: Written
) -> Columns:
    """The columns of ``reports`` but for the history of events."""
    filed, legs, last = told.filed, told.legs, told.last
    ids, (lat, lon) = written.ids, written.lat_lon
    merged = np.where(told.master >= 0, ids[told.master], NONE)
    held, _ = _held(told)
    area = province.communes[filed.commune]
    followers = np.bincount(told.master[told.master >= 0], minlength=len(ids))
    questions = np.bincount(legs.row[legs.asked_at != NONE], minlength=len(ids))
    return {
        "id": ids,
        "code": written.codes,
        "token_generation": 1,
        "status": Words(STATUSES, end.status),
        "is_open": np.isin(end.status, [STATUSES.index(one) for one in OPEN]),
        "status_before_merge": Words(STATUSES, np.where(told.master >= 0, held, -1)),
        "status_since": end.since,
        "priority": Words(PRIORITIES, filed.priority),
        "channel": Words(CHANNELS, filed.channel),
        "language": "vi",
        "restricted": filed.classified & province.leaf_restricted[filed.leaf],
        "category_id": np.where(filed.classified, province.leaves[filed.leaf], NONE),
        "answers": "[]",
        "lat": lat,
        "lon": lon,
        "filed_lat": lat,
        "filed_lon": lon,
        "area_id": area,
        "area_at_filing_id": area,
        "place_fit": "inside",
        "description": "",
        "public_description": "",
        "address": "",
        "search_text": "",
        "agency_id": legs.agency[last],
        "master_id": merged,
        "merged_into_id": merged,
        "recurrence_of_id": np.where(told.recurs_to >= 0, ids[told.recurs_to], NONE),
        "recurrence_number": _times(told.recurs_to),
        "followers_count": followers,
        "questions_asked": questions,
        "promised_by": hours.due(filed.created_at, filed.target_days),
        "created_at": filed.created_at,
        "updated_at": end.since,
        "resolved_at": end.resolved_at,
        "closed_at": end.closed_at,
        "closes_at": end.closes_at,
        "reopens_until": end.reopens_until,
        "resolution_kind": Words(KINDS, legs.kind[last]),
        "planned_for": _planned(legs.kind[last], end.resolved_at),
        "retained_until": filed.created_at // DAY_S + KEPT_DAYS,
    }


def _times(recurs_to: Numbers) -> Numbers:
    """How often it has come back, the first time counted."""
    times = np.ones(len(recurs_to), dtype=np.int64)
    while True:
        more = np.where(recurs_to >= 0, times[recurs_to] + 1, 1)
        if (more == times).all():
            return times
        times = more


def _planned(kind: Numbers, resolved_at: Moments) -> Numbers:
    return np.where(kind == KINDS.index("planned"), resolved_at // DAY_S + 30, NONE)


def _policy(name: str, resolve: Target) -> str:
    """The part of a policy's copy that is read from an assignment, as JSON."""
    acknowledge = Target(ACKNOWLEDGE_WORKING_S // HOUR_S, Unit.WORKING_HOURS)
    said = {"code": name, "acknowledge": acknowledge.serialise(), "resolve": resolve.serialise()}
    return orjson.dumps(said).decode()


def of_assignments(told: Stretch, province: Province, first_id: int, written: Written) -> Columns:
    """The columns of ``assignments``."""
    filed, legs, row = told.filed, told.legs, told.legs.row
    longest = int(filed.target_days.max())
    vocabulary = [
        _policy("phan-loai", Target(TRIAGE_WORKING_S // HOUR_S, Unit.WORKING_HOURS)),
        *(_policy(f"{n}-ngay", Target(n, Unit.WORKING_DAYS)) for n in range(longest + 1)),
    ]
    days = np.where(legs.triage, 0, filed.target_days[row] + 1)
    return {
        "id": np.arange(first_id, first_id + len(legs)),
        "report_id": written.ids[row],
        "number": told.number,
        "agency_id": legs.agency,
        "category_id": np.where(filed.classified, province.leaves[filed.leaf], NONE)[row],
        "area_id": province.communes[filed.commune][row],
        "channel": Words(CHANNELS, filed.channel[row]),
        "triage": legs.triage,
        "reason": '{"why": "rule"}',
        "policy": Words(vocabulary, days),
        "opened_at": legs.opened_at,
        "acknowledge_by": legs.acknowledge_by,
        "resolve_by": legs.resolve_by,
        "own_resolve_by": legs.own_resolve_by,
        "acknowledged_at": legs.acknowledged_at,
        "resolved_at": np.where(legs.kind >= 0, legs.ended_at, NONE),
        "resolution_kind": Words(KINDS, legs.kind),
        "ended_at": legs.ended_at,
        "outcome": Words(OUTCOMES, legs.outcome),
        "paused_at": legs.paused_at,
        "acknowledge_working_s": legs.acknowledge_working_s,
        "acknowledge_elapsed_s": legs.acknowledge_elapsed_s,
        "resolve_working_s": legs.resolve_working_s,
        "resolve_elapsed_s": legs.resolve_elapsed_s,
        "extensions_granted": (legs.granted_at != NONE).astype(np.int64),
        "reopened_at": told.reopened_at,
        "rating": np.where(told.rating > 0, told.rating, NONE),
        "rated_at": told.rated_at,
    }
