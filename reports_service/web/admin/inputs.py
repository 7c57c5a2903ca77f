"""The fields of an administrator's form: how each is shown, and what is read of it.

A field's name is the path at which the schema takes its value. What is read is what the interface
would have been sent, so the same schema says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.core.words import say
from reports_service.web.forms import nested

Options = Sequence[tuple[str, str]]
Form = Mapping[str, str]
Pair = tuple[str, Any]
PLACE_DIGITS: Final = 3  # of the place of a row: no form has more of them
DROP: Final = "drop"  # the box of a row that is to be left out


@dataclass(frozen=True)
class Input:
    """One field. ``options`` (of a language): what can be chosen; ``optional``: may stay empty."""

    name: str
    word: str
    kind: str = "text"
    optional: bool = False
    hint: str | None = None
    options: Callable[[str], Options] | None = None
    only_new: bool = False

    def read(self, form: Form, prefix: str = "") -> Iterator[Pair]:
        """The value at its path, as the schema takes it."""
        path = prefix + self.name
        typed = form.get(path, "").strip()
        match self.kind:
            case "checkbox":
                yield path, typed == "yes"
            case "lines":
                yield path, [line.strip() for line in typed.splitlines() if line.strip()]
            case "options":
                yield path, _options(typed)
            case "number":
                yield path, _number(typed) if typed or not self.optional else None
            case _:
                yield path, typed if typed or not self.optional else None


@dataclass(frozen=True)
class Length:
    """A length of time: an amount and a unit; not said where the amount is empty."""

    name: str
    word: str
    units: Callable[[str], Options]
    kind: str = "length"
    hint: str | None = None
    only_new: bool = False

    def read(self, form: Form, prefix: str = "") -> Iterator[Pair]:
        """Amount and unit, or nothing."""
        path = prefix + self.name
        amount = form.get(f"{path}.amount", "").strip()
        if amount:
            yield f"{path}.amount", _number(amount)
            yield f"{path}.unit", form.get(f"{path}.unit", "")


@dataclass(frozen=True)
class Rows:
    """Fields that are repeated, with an empty one more at the end; one that is left empty, or
    ticked to be left out, is not said.
    """

    name: str
    word: str
    inputs: Sequence[Input | Length]
    kind: str = "rows"
    hint: str | None = None
    only_new: bool = False

    def read(self, form: Form, prefix: str = "") -> Iterator[Pair]:
        """A list of objects."""
        path = f"{prefix}{self.name}"
        rows = []
        for place in _places(path, form):
            begin = f"{path}.{place}."
            if form.get(begin + DROP) != "yes" and any(
                value.strip() for name, value in form.items() if _typed(name, begin, self)
            ):
                pairs = [pair for one in self.inputs for pair in one.read(form, begin)]
                held = nested((name.removeprefix(begin), value) for name, value in pairs)
                rows.append({name: value for name, value in held.items() if value is not None})
        yield path, rows


def _typed(name: str, begin: str, rows: Rows) -> bool:
    """Whether a field is of this row and was typed, not preset."""
    preset = {one.name for one in rows.inputs if isinstance(one, Input) and one.options}
    inside = name.removeprefix(begin)
    return name.startswith(begin) and inside not in preset and not inside.endswith(".unit")


AnyInput = Input | Length | Rows


def read(inputs: Sequence[AnyInput], form: Form, *, new: bool) -> dict[str, Any]:
    """What was typed, as the schema takes it."""
    shown = [one for one in inputs if new or not one.only_new]
    return nested(pair for one in shown for pair in one.read(form))


def called(inputs: Sequence[AnyInput], language: str) -> dict[str, str]:
    """What each field is called on the page, by its path without the places of rows, in order."""
    return dict(_called(inputs, language))


def _called(
    inputs: Sequence[AnyInput], language: str, above: str = ""
) -> Iterator[tuple[str, str]]:
    for one in inputs:
        yield above + one.name, say(one.word, language)
        if isinstance(one, Rows):
            yield from _called(one.inputs, language, f"{above}{one.name}.")


def _number(typed: str) -> Any:
    """The number that was typed, with a comma or a point; else the words, for the schema."""
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        return typed
    return int(number) if number.is_integer() else number


def _options(lines: str) -> list[dict[str, str]]:
    """One possible answer a line: code, Vietnamese, English, with bars between them."""
    parts = ([part.strip() for part in line.split("|")] for line in lines.splitlines())
    return [
        dict(zip(("code", "vi", "en"), [*part, "", ""], strict=False))
        for part in parts
        if any(part)
    ]


def filled(inputs: Sequence[AnyInput], held: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """What a form is filled in with: the text of each field by its path."""
    found: dict[str, str] = {}
    for one in inputs:
        path, value = prefix + one.name, _at(held, one.name)
        if isinstance(one, Rows):
            for place, row in enumerate(value or []):
                found |= filled(one.inputs, row, f"{path}.{place}.")
        elif isinstance(one, Length):
            found |= {f"{path}.{name}": _text(part) for name, part in (value or {}).items()}
        else:
            found[path] = _shown(one, value)
    return found


def _at(held: Mapping[str, Any], path: str) -> Any:
    for step in path.split("."):
        held = held.get(step) or {} if isinstance(held, Mapping) else {}
    return held if held != {} else None


def _shown(one: Input, value: Any) -> str:
    match one.kind:
        case "checkbox":
            return "yes" if value else ""
        case "lines":
            return "\n".join(value or [])
        case "options":
            return "\n".join(" | ".join((o["code"], o["vi"], o["en"])) for o in value or [])
        case _:
            return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):  # something that is named by its code
        return str(value["code"])
    return f"{value:g}" if isinstance(value, float) else str(value)


def rows_in(rows: Rows, given: Mapping[str, str]) -> range:
    """The places of the rows to show: those that are filled in, and an empty one more."""
    return range(max(_places(rows.name, given), default=-1) + 2)


def _places(path: str, given: Mapping[str, str]) -> list[int]:
    """The places of rows that are named, in order; what cannot be one is passed over."""
    begin = f"{path}."
    named = {name.removeprefix(begin).split(".")[0] for name in given if name.startswith(begin)}
    return sorted(int(one) for one in named if one.isdecimal() and len(one) <= PLACE_DIGITS)
