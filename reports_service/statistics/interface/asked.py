"""What can be asked of the figures in a query, each thing once."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from reports_service.agencies.models import AgencyKind
from reports_service.core.auth import answer_in
from reports_service.core.schemas import Choice, Count, PageQuery, Schema, Text
from reports_service.core.words import LANGUAGES
from reports_service.domain.channels import Channel
from reports_service.domain.errors import Invalid
from reports_service.domain.measures import DEFINITIONS
from reports_service.statistics.ages import LONGEST_DAYS
from reports_service.statistics.comparison import BOTH, Against
from reports_service.statistics.interface.days import LocalDay
from reports_service.statistics.trend import By

PERIOD_HELP = "First local day, counted; by default 29 days before the last one"
CODE_HELP = "Code; counts with all below it. CODE/-: it alone; -: what has none"


class AskedTwice(Invalid):
    """A filter stands in the query more than once, and nobody knows which one is meant."""

    code = "asked_twice"


class AskedOnce(Schema):
    """A query that names nothing twice, answered in the language that it asks for."""

    lang = Choice(
        LANGUAGES, load_default=None, metadata={"description": "Goes before Accept-Language"}
    )

    @ma.pre_load
    def _once(self, given: Any, **_: Any) -> Any:
        values = getattr(given, "data", given)  # webargs hides how often a name stands there
        if values.get("lang") in LANGUAGES:
            answer_in(values["lang"])  # what is wrong with the rest is said in it too
        if hasattr(values, "getlist"):
            twice = [name for name in values if len(values.getlist(name)) > 1]
            if twice:
                raise ma.ValidationError({name: [AskedTwice()] for name in twice})
        return given


class PartQuery(AskedOnce):
    """Which part of the work. A category or area counts with all below it."""

    first = LocalDay(data_key="from", load_default=None, metadata={"description": PERIOD_HELP})
    last = LocalDay(
        data_key="to",
        load_default=None,
        metadata={"description": "Last local day, counted; by default today"},
    )
    category = Text(62, load_default=None, metadata={"description": CODE_HELP})
    area = Text(22, load_default=None, metadata={"description": CODE_HELP})
    channel = Choice(Channel, load_default=None)


class FiguresQuery(PartQuery):
    """Which part of the work, of which kind of agency."""

    kind = Choice(AgencyKind, load_default=None, metadata={"description": "Kind of agency"})


class Comparing(Schema):
    """Which earlier periods to show beside the one that is asked for."""

    compare = Choice(
        (*Against, BOTH),
        load_default=None,
        metadata={
            "description": "previous: as many days just before, of whole months as many months; "
            "last_year: the same dates a year before"
        },
    )


class TableQuery(FiguresQuery, Comparing):
    """The table of agencies."""


class LinesQuery(FiguresQuery, Comparing):
    """The figures by category, area or channel."""


class OneAgencyQuery(PartQuery, Comparing):
    """One agency, which is of one kind by itself."""


class TrendQuery(FiguresQuery):
    """The course of the figures, of all agencies or of one."""

    by = Choice(By, load_default=By.DAY.value)
    agency = Text(60, load_default=None)


def _days(lowest: int, described: str) -> Count:
    said = {"description": described}
    return Count(lowest, LONGEST_DAYS, as_text=True, load_default=None, metadata=said)


class NumberQuery(FiguresQuery):
    """Which number, and the filters it was counted with."""

    measure = Choice([one.code for one in DEFINITIONS], required=True)
    agency = Text(60, load_default=None)
    age_from_days = _days(0, "Open for so many days of 24 hours; with measure open|overdue|paused")
    age_to_days = _days(1, "Open for less than so many days; with measure open|overdue|paused")
    overdue_from_days = _days(0, "Overdue for so many days of 24 hours; with measure open|overdue")
    overdue_to_days = _days(1, "Overdue for less than so many days; with measure open|overdue")


class BehindQuery(NumberQuery, PageQuery):
    """Which number, and which page of the list behind it."""
