"""What the address of a page of figures asks for, read by the schemas of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import marshmallow as ma
from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnprocessableEntity

from reports_service.core.schemas import Schema

OF_PAGES: Final = frozenset({"lang", "done"})  # what every page understands by itself
FILTERS: Final = ("category", "area", "channel", "kind")
OF_AGENCY: Final = FILTERS[:-1]  # one agency is of one kind by itself
AGENCY: Final = "agency"  # the one filter of records
OF_RECORDS: Final = ("leader.quality", "leader.failing")
PERIOD: Final = ("from", "to")
Given = Mapping[str, Any]


def given() -> Given:
    """What the address says, once each, without the blanks of a form that was sent empty."""
    return dict(_said().to_dict())


def filters(**others: str) -> dict[str, Any]:
    """Period and filters of this page, for a link to another; ``others`` stand instead."""
    known = (AGENCY,) if request.endpoint in OF_RECORDS else FILTERS
    said = {name: value for name, value in given().items() if name in (*PERIOD, *known)}
    return {name: value for name, value in {**said, **others}.items() if value}


def period() -> dict[str, Any]:
    """The period alone, for a page that knows no other filter."""
    return {name: value for name, value in given().items() if name in PERIOD}


def here(**others: str) -> str:
    """The address of this page with its filters, ``others`` instead; an empty one is left out."""
    return f"{request.path}?{urlencode(filters(**others))}"


def read(schema: type[Schema], **fixed: str) -> dict[str, Any]:
    """The query, with what a page fixes itself. Raises ``UnprocessableEntity``, which carries
    what is wrong with each field as webargs does.
    """
    said = _said()
    said.update(fixed)
    try:
        found: dict[str, Any] = schema().load(said)
    except ma.ValidationError as wrong:
        refusal = UnprocessableEntity()
        refusal.data = {"messages": wrong.messages}  # type: ignore[attr-defined]
        raise refusal from wrong
    return found


def _said() -> MultiDict[str, str]:
    return MultiDict(
        (name, value.strip())
        for name, value in request.args.items(multi=True)
        if value.strip() and name not in OF_PAGES
    )
