"""The history of reports as events: facts as the services say them, chained by their own hash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
import orjson

from bench.populated.columns import Columns, Words
from bench.populated.hours import NONE
from bench.populated.legs import Legs, Stage
from bench.populated.province import Province
from reports_service.domain.lifecycle import Status
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Party
from reports_service.reports import chain
from reports_service.reports.models import Event

Facts = dict[str, Any]
Row = SimpleNamespace  # a row of columns: its values by name, nulls as None
PARTIES = tuple(Party)
ENDINGS = {
    Outcome.REJECTED: "rejected",
    Outcome.REFERRED: "referred",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.MERGED: "merged",
}
OPENINGS = {
    Outcome.TRIAGED: "assigned",
    Outcome.TRANSFERRED: "transferred",
    Outcome.HANDED_BACK: "handed_back",
}
BY = {
    "filed": Party.REPORTER,
    "replied": Party.REPORTER,
    "reopened": Party.REPORTER,
    "confirmed": Party.REPORTER,
    "withdrawn": Party.REPORTER,
    "closed": Party.SYSTEM,
    "assigned": Party.OPERATOR,
    "rejected": Party.OPERATOR,
    "referred": Party.OPERATOR,
    "merged": Party.OPERATOR,
}


class Told(NamedTuple):
    """An event with the names of the columns of ``events``."""

    seq: int
    version: int
    kind: str
    at: datetime
    by: str
    account_id: None
    agency_id: int
    internal: bool
    facts: Facts
    text_digest: None
    previous_hash: bytes
    hash: bytes = b""


@dataclass(frozen=True)
class Written:
    """Events of some reports as columns; by report the number of its events and the last hash."""

    columns: Columns
    seq: Any
    head: Any


def rows(columns: Columns, number: int) -> Iterator[Row]:
    """The columns row by row."""
    lists = {name: _listed(values, number) for name, values in columns.items()}
    for values in zip(*lists.values(), strict=True):
        yield SimpleNamespace(**dict(zip(lists, values, strict=True)))


def _listed(values: Any, number: int) -> list[Any]:
    if isinstance(values, Words):
        said = [*(str(word) for word in values.vocabulary), None]
        return [said[place] for place in values.place.tolist()]
    if not isinstance(values, np.ndarray):
        return [values] * number
    if values.dtype.kind == "S":
        return [code.decode() for code in values.tolist()]
    return [None if value == NONE else value for value in values.tolist()]


def tell(
    reports: Columns, assignments: Columns, legs: Legs, province: Province, first_id: int
) -> Written:
    """The events of these reports, in the order of the reports."""
    number = len(legs.row)
    held: list[list[Holding]] = [[] for _ in range(int(legs.row[-1]) + 1)]
    extra = rows({name: getattr(legs, name) for name in Holding.EXTRA}, number)
    for row, more in zip(rows(assignments, number), extra, strict=True):
        held[more.row].append(Holding(row, more))
    filed = list(rows(reports, len(held)))
    codes = {report.id: report.code for report in filed}
    events: list[tuple[int, Told]] = []
    seqs, heads = [], []
    for report, holdings in zip(filed, held, strict=True):
        previous, seq = chain.GENESIS, 0
        for told in _history(report, holdings, codes, province):
            seq += 1
            made = _chained(report.code, told, seq, previous)
            events.append((report.id, made))
            previous = made.hash
        seqs.append(seq)
        heads.append(previous)
    return Written(_columns(events, first_id), np.array(seqs), Words(heads, np.arange(len(heads))))


class Holding:
    """An assignment's row, and what else is known of how it went."""

    EXTRA = ("row", "stage", "asked_at", "replied_at", "granted_at", "before_pause")

    def __init__(self, row: Row, more: Row) -> None:
        self.row, self.more = row, more

    def dates(self, resolve_by: int | None, own: int | None) -> Facts:
        """The deadlines with these for the result."""
        return {
            "acknowledge_by": _iso(self.row.acknowledge_by),
            "resolve_by": _iso(resolve_by),
            "own_resolve_by": _iso(own),
        }

    def opened(self) -> Facts:
        """What ``holding.facts`` says at the opening."""
        row, due = self.row, self.more.before_pause
        return {
            "assignment": row.number,
            "agency": row.agency_id,
            "triage": row.triage,
            "category_id": row.category_id,
            "area_id": row.area_id,
            "because": orjson.loads(row.reason),
            "policy": orjson.loads(row.policy)["code"],
            **self.dates(due, due),
        }

    def ended(self) -> Facts:
        """What ``holding.ended`` says."""
        row = self.row
        known = {
            "acknowledged_at": _iso(row.acknowledged_at),
            "acknowledge_working_s": row.acknowledge_working_s,
            "resolve_working_s": row.resolve_working_s,
        }
        return {
            "assignment": row.number,
            "outcome": row.outcome,
            **{name: value for name, value in known.items() if value is not None},
            **self.dates(row.resolve_by, row.own_resolve_by),
        }


Step = tuple[str, int, Status, Facts]  # kind, moment, the report's status then, facts


def _history(
    report: Row, held: list[Holding], codes: Mapping[int, str], province: Province
) -> Iterator[tuple[str, int, int, Facts]]:
    """(kind, moment, agency, facts) of each event, in order."""
    yield from _named(held[0], [_filed(report, held[0], codes, province)])
    for before, one in zip([None, *held], held, strict=False):
        if before is not None:
            yield from _named(one, [_passed_on(before, one)])
        yield from _named(one, _during(one))
        yield from _named(one, _ending(one, report, codes))
    yield from _named(held[-1], _after(report, held[-1]))


def _named(one: Holding, steps: Any) -> Iterator[tuple[str, int, int, Facts]]:
    for kind, at, status, facts in steps:
        yield kind, at, one.row.agency_id, {**facts, "status": str(status)}


def _filed(report: Row, first: Holding, codes: Mapping[int, str], province: Province) -> Step:
    facts = {
        "category": province.code_of_leaf.get(report.category_id),
        "area": province.code_of_commune[report.area_id],
        "place_fit": report.place_fit,
        "lat": report.lat,
        "lon": report.lon,
        "channel": report.channel,
        "priority": report.priority,
        "restricted": report.restricted,
        "promised_by": _iso(report.promised_by),
        "recurrence_number": report.recurrence_number,
        "recurrence_of": codes.get(report.recurrence_of_id),
        **first.opened(),
    }
    status = Status.NEW if first.row.triage else Status.ASSIGNED
    return "filed", report.created_at, status, facts


def _passed_on(before: Holding, one: Holding) -> Step:
    at, opened = one.row.opened_at, one.opened()
    if one.more.stage == Stage.REOPENED:
        return "reopened", at, Status.ASSIGNED, {
            "judged": before.row.number, "rating": None, **opened
        }  # fmt: skip
    kind = OPENINGS[Outcome(before.row.outcome)]
    status = Status.NEW if one.row.triage else Status.ASSIGNED
    facts = {"from_agency": before.row.agency_id, "ended": before.ended(), **opened}
    return kind, at, status, facts


def _during(one: Holding) -> Iterator[Step]:
    row, more = one.row, one.more
    which, due = {"assignment": row.number}, more.before_pause
    seen = row.acknowledged_at
    if seen is not None and not row.triage and seen != row.ended_at:
        said = {"acknowledged_at": _iso(seen), "acknowledge_working_s": row.acknowledge_working_s}
        yield "acknowledged", seen, Status.IN_PROGRESS, {**which, **said}
    running = one.dates(due, due)
    if more.asked_at is not None:
        paused = one.dates(None, None) if due > more.asked_at else running
        asked = {**which, "question": 1, "before": running, **paused}
        yield "question_asked", more.asked_at, Status.AWAITING_REPORTER, asked
        if more.replied_at is not None and row.outcome != Outcome.NO_REPLY:
            now = one.dates(row.resolve_by, row.own_resolve_by)
            replied = {**which, "pictures": 0, "before": paused, **now}
            yield "replied", more.replied_at, Status.IN_PROGRESS, replied
    if more.granted_at is not None:
        now = one.dates(row.resolve_by, row.own_resolve_by)
        length = {"length": {"amount": 5, "unit": "working_days"}}
        granted = {**which, **length, "before": running, **now}
        yield "extension_approved", more.granted_at, Status.IN_PROGRESS, granted


def _ending(one: Holding, report: Row, codes: Mapping[int, str]) -> Iterator[Step]:
    """The end of a holding, where it is not told by the opening of the next one."""
    row = one.row
    outcome = Outcome(row.outcome) if row.outcome else None
    if outcome is None or outcome in OPENINGS:
        return
    facts = {"assignment": row.number, "ended": one.ended()}
    if outcome is Outcome.RESOLVED:
        yield "resolved", row.ended_at, Status.RESOLVED, {**facts, "kind": row.resolution_kind}
    elif outcome is Outcome.NO_REPLY:
        yield "closed", row.ended_at, Status.CLOSED, {**facts, "reason": "no_reply"}
    else:
        more: Mapping[str, Facts] = {
            "referred": {"restricted": False, "hides": False},
            "merged": {"into": codes.get(report.master_id)},
        }
        kind = ENDINGS[outcome]
        yield kind, row.ended_at, Status(report.status), {**facts, **more.get(kind, {})}


def _after(report: Row, last: Holding) -> Iterator[Step]:
    """A result that was judged, or that silence closed."""
    which = {"assignment": last.row.number}
    if report.status != Status.CLOSED or last.row.outcome != Outcome.RESOLVED:
        return
    if last.row.rating is not None:
        facts = {**which, "rating": last.row.rating}
        yield "confirmed", report.closed_at, Status.CLOSED, facts
    else:
        yield "closed", report.closed_at, Status.CLOSED, {**which, "reason": "silence"}


def _chained(code: str, told: tuple[str, int, int, Facts], seq: int, previous: bytes) -> Told:
    kind, at, agency_id, facts = told
    moment = datetime.fromtimestamp(at, UTC)
    by = BY.get(kind, Party.OFFICER)
    made = Told(seq, chain.VERSION, kind, moment, by, None, agency_id, False, facts, None, previous)
    return made._replace(hash=chain.event_hash(code, cast(Event, made)))


def _columns(events: list[tuple[int, Told]], first_id: int) -> Columns:
    number = len(events)
    kinds = sorted({told.kind for _, told in events})
    places = np.arange(number)
    return {
        "id": np.arange(first_id, first_id + number),
        "report_id": np.array([report_id for report_id, _ in events]),
        "seq": np.array([told.seq for _, told in events]),
        "version": chain.VERSION,
        "kind": Words(kinds, np.array([kinds.index(told.kind) for _, told in events])),
        "at": np.array([int(told.at.timestamp()) for _, told in events]),
        "by": Words(PARTIES, np.array([PARTIES.index(Party(told.by)) for _, told in events])),
        "agency_id": np.array([told.agency_id for _, told in events]),
        "internal": False,
        "facts": Words([orjson.dumps(told.facts).decode() for _, told in events], places),
        "previous_hash": Words([told.previous_hash for _, told in events], places),
        "hash": Words([told.hash for _, told in events], places),
    }


def _iso(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
