"""Numbers as these pages show them: written by language, each a way to what is behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel.numbers import format_decimal
from flask import url_for

from reports_service.core.words import say
from reports_service.domain.measures import BY_CODE, Unit
from reports_service.statistics.interface.answers import MEASURE
from reports_service.statistics.monthly import numbers as written
from reports_service.statistics.scope import Period

_HERE: Final = "\0"


@dataclass(frozen=True)
class Number:
    """A figure in words, and the page of the reports behind it; no link where there is none."""

    text: str
    link: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything but a dash."""
        return self.text != written.NOTHING


@dataclass(frozen=True)
class Sentence:
    """Words with one number in them: what stands before it, the number, what stands behind it."""

    before: str
    number: Number
    after: str

    @classmethod
    def of(cls, word: str, language: str, number: Number, **values: object) -> Sentence:
        """The words of a code, with ``number`` where they say {number}."""
        before, _, after = say(word, language, number=_HERE, **values).partition(_HERE)
        return cls(before, number, after)


class Row:
    """A row of figures as a page shows it: the interface's row, and its template of links."""

    def __init__(self, figures: Mapping[str, Any], template: str, language: str) -> None:
        self.figures, self.language = figures, language
        self._behind = behind(template)

    def __getitem__(self, code: str) -> Number:
        """The figure with this code, written and linked."""
        text = _unbroken(written.shown(code, self.figures[code], self.language))
        return Number(text, None if text == written.NOTHING else self.link(code))

    def count(self, code: str) -> Number:
        """The count with this code; of a length of time, how many were counted."""
        value = self.figures[code]
        number = value["n"] if isinstance(value, Mapping) else value
        return Number(written.whole(number, self.language), self.link(code))

    def link(self, code: str) -> str:
        """The page of the reports behind the figure with this code."""
        return self._behind.replace(MEASURE, code)


def behind(template: str) -> str:
    """The page of the reports behind a number, from where the interface lists them."""
    return f"{url_for('leader.reports')}?{urlsplit(template).query}"


def behind_then(template: str, period: Period) -> str:
    """The same, in another period."""
    said = dict(parse_qsl(urlsplit(template).query))
    said |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return f"{url_for('leader.reports')}?{urlencode(said, safe='{}')}"


def whole(number: int, language: str) -> str:
    """12345 as 12.345."""
    return written.whole(number, language)


def percent(share: float | None, language: str) -> str:
    """0.938 as 93,8 %; a dash where there is nothing to divide by."""
    return _unbroken(written.percent(share, language))


def _unbroken(text: str) -> str:
    """A number stays on one line with its sign."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def moved(code: str, change: float | None, language: str) -> str | None:
    """How a figure moved since an earlier period, as part of a sentence; None: not known.

    ``change`` is in percentage points for shares, in stars, else a fraction of then.
    """
    if change is None:
        return None
    unit = {Unit.SHARE: "points", Unit.STARS: "stars"}.get(BY_CODE[code].unit, "percent")
    by = change * 100 if unit == "percent" else change
    if round(abs(by), 1) == 0:
        return say("leader_moved_not", language)
    way = "rose" if by > 0 else "fell"
    amount = format_decimal(abs(by), "#,##0.0", locale=language)
    return say(f"leader_{way}_{unit}", language, by=amount)
