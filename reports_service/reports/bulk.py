"""One act on many reports: each in a unit of work of its own, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports_service.core.auth import Actor
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Refusal, VersionMissing
from reports_service.reports import agency_work, codes, results
from reports_service.reports.results import Resolution
from reports_service.reports.service import Turn, etag, take


class EtagMissing(VersionMissing):
    """One of several reports came without the version that the act was decided on."""

    code = "etag_missing"


@dataclass(frozen=True)
class Order:
    """What is to be done to each of the reports."""

    action: str
    note: str = ""
    agency: str | None = None
    officer: str | None = None
    kind: str | None = None
    planned_for: date | None = None


@dataclass(frozen=True)
class Done:
    """What became of one report: its new status and version, or why nothing was done."""

    code: str
    status: str | None = None
    etag: str | None = None
    refusal: Refusal | None = None


def carry_out(
    order: Order, report_codes: Sequence[str], etags: Mapping[str, str], actor: Actor
) -> list[Done]:
    """Do it to every report once, in the order given; a refusal of one stops none of the others."""
    return [_one(order, code, etags.get(code), actor) for code in dict.fromkeys(report_codes)]


def _one(order: Order, code: str, expected: str | None, actor: Actor) -> Done:
    try:
        with unit_of_work():
            turn = take(code, actor, expected)
            if expected is None:
                raise EtagMissing(field="etags", report=codes.grouped(turn.report.code))
            ACTS[order.action](turn, order)
    except Refusal as refusal:
        return Done(code, refusal=refusal)
    return Done(codes.grouped(turn.report.code), turn.report.status, etag(turn.report))


def _assign(turn: Turn, order: Order) -> object:
    return agency_work.assign(turn, order.agency or "", order.note, order.officer)


def _resolve(turn: Turn, order: Order) -> object:
    result = Resolution(order.kind or "", order.note, order.planned_for)
    return results.resolve(turn, result)


ACTS: Mapping[str, Callable[[Turn, Order], object]] = {
    "acknowledge": lambda turn, order: agency_work.acknowledge(turn, order.note),
    "assign": _assign,
    "note": lambda turn, order: agency_work.note(turn, order.note),
    "resolve": _resolve,
}
