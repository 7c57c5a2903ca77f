"""What a correction changed, in words: each figure with what it is of, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.core import words
from reports_service.domain.measures import BY_CODE
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.models import ClosedPeriod, PeriodCorrection
from reports_service.statistics.monthly import numbers
from reports_service.statistics.scope import ALONE, WITHOUT

LISTED: Final = 30  # of each correction; the rest is counted, and all are in the data
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """A figure that was changed: of the province, or of an agency, category, area or channel."""

    of: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Corrected:
    """A correction with what it changed; ``rest``: how many changes are not named."""

    row: PeriodCorrection
    changes: Sequence[Change]
    rest: int


def corrected(period: ClosedPeriod, language: str) -> list[Corrected]:
    """The corrections of a closed month, in their order."""
    stood = [period.figures, *(one.figures for one in period.corrections)]
    return [
        _corrected(row, changes, (before, row.figures), language)
        for (row, changes), before in zip(closing.versions(period), stood, strict=False)
    ]


def _corrected(
    row: PeriodCorrection,
    found: Sequence[Mapping[str, Any]],
    contents: tuple[Content, Content],
    language: str,
) -> Corrected:
    """What is written alike before and after, for it changed by less, is counted only."""
    names = _names(contents)
    said = (_change(one, names, contents, language) for one in _in_order(found))
    changes = [one for one in said if one.before != one.after][:LISTED]
    return Corrected(row, changes, len(found) - len(changes))


def _in_order(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Row by row as they come, and in each the measures as they are defined."""
    rows: dict[tuple[str, str | None], int] = {}
    for one in found:
        rows.setdefault((one["table"], one["code"]), len(rows))
    measures = {code: place for place, code in enumerate(BY_CODE)}
    return sorted(
        found,
        key=lambda one: (
            rows[one["table"], one["code"]],
            measures[one["measure"].partition(".")[0]],
        ),
    )


def _change(
    found: Mapping[str, Any],
    names: Mapping[tuple[str, str], Mapping[str, str] | None],
    contents: tuple[Content, Content],
    language: str,
) -> Change:
    measure = found["measure"]
    code = found["code"]
    of = _of(found["table"], code, names.get((found["table"], code)), language)
    before, after = (numbers.leaf(measure, found[when], language) for when in ("before", "after"))
    return Change(of, _measure(measure, contents, language), before, after)


def _names(contents: tuple[Content, Content]) -> dict[tuple[str, str], Mapping[str, str] | None]:
    """By table and code, what each row is called; later names go before earlier ones."""
    return {
        (table, row["code"]): row["names"]
        for content in contents
        for table, rows in content["figures"].items()
        if isinstance(rows, list)
        for row in rows
    }


def _of(table: str, code: str | None, names: Mapping[str, str] | None, language: str) -> str:
    if code is None:
        return words.say("monthly_whole", language)
    if code == WITHOUT:
        kind = "category" if table == "categories" else "area"
        return words.say(f"sheet_without_{kind}", language)
    if table == "channels":
        return words.say(f"channel_{code}", language)
    name = words.named(names, language) if names else code
    return words.say("sheet_by_itself", language, name=name) if code.endswith(ALONE) else name


def _measure(measure: str, contents: tuple[Content, Content], language: str) -> str:
    """``hours_to_resolve.working.p90``: the measure as it was defined, then the parts of it."""
    code, *parts = measure.split(".")
    defined = {one: said for content in contents for one, said in _defined(content).items()}
    name = words.named(defined[code]["name"], language) if code in defined else code
    return ", ".join([name, *(words.say(f"verify_part_{part}", language) for part in parts)])


def _defined(content: Content) -> Mapping[str, Any]:
    measures: Mapping[str, Any] = content["definitions"]["measures"]
    return measures
