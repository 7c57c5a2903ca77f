"""What the public list, map and feeds are asked for: the filters of their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import marshmallow as ma
from flask import request
from marshmallow import ValidationError, fields, post_load
from werkzeug.exceptions import UnprocessableEntity

from reports_service.core import clock
from reports_service.core.auth import current_language
from reports_service.core.blueprints import loaded
from reports_service.core.http_errors import answer_http, refusal_body, status_of
from reports_service.core.schemas import Choice, Count, Schema, Text
from reports_service.core.words import knows, say
from reports_service.domain.errors import Refusal
from reports_service.reports.boxes import Box, BoxInvalid
from reports_service.reports.clusters import ZOOM_MAX
from reports_service.reports.published import State
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.scope import Period, PeriodBackwards

T = TypeVar("T")
FILTERS: Final = ("q", "state", "category", "area", "agency", "period", "from", "to", "bbox")


class Since(StrEnum):
    """How far back lists and maps look, where no days are named."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"


DAYS: Final = {Since.MONTH: 30, Since.QUARTER: 90, Since.YEAR: 365}


class BoxField(Text):
    """A box of a map: ``west,south,east,north``."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            return Box.read(super()._deserialize(value, attr, data, **kwargs))
        except BoxInvalid as refusal:
            raise ValidationError([refusal]) from refusal


class Filters(Schema):
    """Filters of the public pages. What else an address carries is for others (a campaign)."""

    class Meta:
        unknown = ma.EXCLUDE

    q = Text(200, load_default=None)
    state = Choice(State, load_default=None)
    category = Text(60, load_default=None)
    area = Text(20, load_default=None)
    agency = Text(60, load_default=None)
    period = Choice(Since, load_default=Since.QUARTER.value)
    first = fields.Date(load_default=None, data_key="from")
    last = fields.Date(load_default=None, data_key="to")
    box = BoxField(120, load_default=None, data_key="bbox")

    @post_load
    def _in_moments(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The days as the moments between which reports were filed; the last day counts."""
        first, last, since = (given.pop(name) for name in ("first", "last", "period"))
        try:
            return {**given, **_between(first, last, since)}
        except PeriodBackwards as refusal:
            raise ValidationError({"to": [refusal]}) from refusal


class ListQuery(Filters):
    """A page of the list."""

    cursor = Text(500, load_default=None)


class ViewQuery(Filters):
    """A map's view."""

    box = BoxField(120, required=True, data_key="bbox")
    zoom = Count(0, ZOOM_MAX, as_text=True, required=True)


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an address: an RFC 9457 document and its status."""

    problem: Mapping[str, Any]
    status: int


def _between(first: Any, last: Any, since: str) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    if first and last and last < first:
        raise PeriodBackwards(field="to", first=first.isoformat(), last=last.isoformat())
    if first:
        found["created_from"] = Period(first, first, zone()).begins
    elif not last and since in DAYS:
        found["created_from"] = clock.now() - timedelta(days=DAYS[Since(since)])
    if last:
        found["created_to"] = Period(last, last, zone()).ends
    return found


def given() -> dict[str, str]:
    """The filters of this address as they came, without those that were left empty."""
    said = {name: request.args.get(name, "").strip() for name in FILTERS}
    return {name: value for name, value in said.items() if value}


def read(schema: type[Schema]) -> dict[str, Any]:
    """The query of this address. Raises what ``tried`` puts into words."""
    said = {name: value.strip() for name, value in request.args.items() if value.strip()}
    found: dict[str, Any] = loaded(schema(), said)
    return found


def tried(work: Callable[[], T]) -> T | Wrong:
    """What ``work`` finds, or what was wrong with what was asked."""
    try:
        return work()
    except Refusal as refusal:
        return Wrong(_for_people(refusal_body(refusal)), int(status_of(type(refusal))))
    except UnprocessableEntity as error:
        return Wrong(_for_people(answer_http(error).json or {}), 422)


def _for_people(problem: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same in words for who chose from a list or followed an old link."""
    language = current_language()
    found = [
        {**error, "detail": say(word, language)} if knows(word) else error
        for error in problem.get("errors", ())
        for word in (f"public_wrong_{error['field']}",)
    ]
    return {**problem, "errors": found}


def with_filters(address: str, **others: str | None) -> str:
    """An address with the filters of this one; ``others`` stand instead, None takes one away."""
    said = {**given(), **others}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{address}?{query}" if query else address
