"""What the log says in words: acts, the kinds of things that they are done to, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from reports_service.core.words import catalogue, knows, say
from reports_service.logbook import facts
from reports_service.logbook.finding import Line
from reports_service.reports.logged import REPORT

ACT: Final = "audit_act_"
EVENT: Final = "event_"  # an act on a report is said as its timeline says it
KIND: Final = "audit_kind_"
NOTHING: Final = "–"
_FIELDS: Final = ("audit_field_", "label_", "admin_")
_INSIDE: Final = ("audit_inside_", "weekday_", *_FIELDS)  # of what is itself part of a value
_CHANGED: Final = frozenset({"before", "after"})


@dataclass(frozen=True)
class Told:
    """One thing that an entry tells: what it is called, and its value; ``before``: its old one."""

    name: str
    value: str
    before: str | None = None


def act_said(act: str, kind: str, language: str) -> str:
    """An act on a thing of this kind, in words."""
    order = (EVENT, ACT) if kind == REPORT else (ACT, EVENT)
    return _first(order, act, language) or act


def kind_said(kind: str, language: str) -> str:
    """A kind of thing, in words."""
    return _first((KIND,), kind, language) or kind


def acts(language: str) -> list[tuple[str, str]]:
    """All acts that an entry can be about, with their words, in the order of those."""
    both = {code.removeprefix(begin) for begin in (ACT, EVENT) for code in _beginning(begin)}
    said = {act: [_first((begin,), act, language) for begin in (ACT, EVENT)] for act in both}
    return _in_order({act: " / ".join(filter(None, words)) for act, words in said.items()})


def kinds(language: str) -> list[tuple[str, str]]:
    """All kinds of things, with their words, in the order of those."""
    found = [code.removeprefix(KIND) for code in _beginning(KIND)]
    return _in_order({kind: kind_said(kind, language) for kind in found})


def sentences(line: Line, language: str, zone: tzinfo) -> str:
    """All that a line of the log tells besides, as one text."""
    said = []
    for one in told_of(line, language, zone):
        was = f" ({say('audit_was', language)}: {one.before})" if one.before is not None else ""
        said.append(f"{one.name}: {one.value}{was}")
    return "; ".join(said)


def told_of(line: Line, language: str, zone: tzinfo) -> Iterator[Told]:
    """What a line tells besides: what the report's event recorded, else the entry's own detail."""
    if line.facts is None:
        yield from told(line.what, language, zone)
        return
    for name, value in line.facts.items():
        yield Told(_fact(name, language), _fact_value(name, value, language, zone))


def _fact(name: str, language: str) -> str:
    return _field(name, language, (facts.NAME, *_FIELDS))


def _fact_value(name: str, value: Any, language: str, zone: tzinfo) -> str:
    worded = facts.worded(name, value, language)
    if worded is not None:
        return worded
    if isinstance(value, Mapping) and "unit" not in value and value:
        return ", ".join(
            f"{_fact(part, language)}: {_fact_value(part, one, language, zone)}"
            for part, one in value.items()
        )
    return _value(value, language, zone)


def told(what: Mapping[str, Any], language: str, zone: tzinfo) -> Iterator[Told]:
    """What an entry tells besides: first each field that was changed, then all else.

    Moments are said by the clock of ``zone``.
    """
    before, after = what.get("before"), what.get("after")
    pairs = isinstance(before, Mapping) and isinstance(after, Mapping)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name, value in after.items():
            old = _value(before.get(name), language, zone)
            yield Told(_field(name, language), _value(value, language, zone), old)
    for name, value in what.items():
        if not (pairs and name in _CHANGED):
            yield Told(_field(name, language), _value(value, language, zone))


def _field(name: str, language: str, beginnings: tuple[str, ...] = _FIELDS) -> str:
    return _first(beginnings, name, language) or name.replace("_", " ")


def _value(value: Any, language: str, zone: tzinfo) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    match value:
        case bool():
            return say("audit_yes" if value else "audit_no", language)
        case str():
            at = _moment(value)
            return at.astimezone(zone).strftime("%H:%M %d/%m/%Y") if at else value
        case {"vi": str(), "en": str()}:
            return f"{value['vi']} / {value['en']}"
        case {"amount": amount, "unit": unit}:
            return f"{amount} {_first(('unit_',), unit, language) or unit}"
        case {}:
            return ", ".join(
                f"{_field(name, language, _INSIDE)}: {_value(one, language, zone)}"
                for name, one in value.items()
            )
        case [*parts]:
            flat = not any(isinstance(part, dict | list) for part in parts)
            return (", " if flat else "; ").join(_value(part, language, zone) for part in parts)
        case _:
            return str(value)


def _moment(value: str) -> datetime | None:
    """The moment that a text is, as the log keeps moments; None: it is something else."""
    try:
        at = datetime.fromisoformat(value) if "T" in value else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _first(beginnings: tuple[str, ...], code: str, language: str) -> str | None:
    """The words of the first of these that there are."""
    known = (begin + code for begin in beginnings if knows(begin + code))
    word = next(known, None)
    return say(word, language) if word else None


def _beginning(begin: str) -> list[str]:
    return [code for code in catalogue() if code.startswith(begin)]


def _in_order(said: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(said.items(), key=lambda pair: pair[1].casefold())
