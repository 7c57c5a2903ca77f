"""Each /stats address with .csv or .xlsx behind it: the same as a file, for the same people."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, stream_with_context
from flask.views import MethodView

from reports_service.core.auth import public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.schemas import Schema
from reports_service.domain.errors import Invalid
from reports_service.domain.roles import Permission
from reports_service.statistics.interface import tables
from reports_service.statistics.interface.asked import (
    AskedOnce,
    FiguresQuery,
    LinesQuery,
    NumberQuery,
    OneAgencyQuery,
    TableQuery,
    TrendQuery,
)
from reports_service.statistics.interface.guards import of_all_agencies
from reports_service.statistics.interface.spreadsheets import XLSX_ROWS, csv_of, write_xlsx
from reports_service.statistics.interface.tables import Table

IN_MEMORY = 4 * 1024 * 1024  # bytes; a longer file is written to the disk
PIECE = 64 * 1024
BINARY = {"type": "string", "format": "binary"}
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetTooLong(Invalid):
    """There are more rows than anybody waits for as XLSX; CSV has no such limit."""

    code = "sheet_too_long"


@dataclass(frozen=True)
class Offer:
    """An address that is offered as a file too: who may have it, what can be asked, its table."""

    rule: str
    query: type[Schema]
    table: Callable[..., Table]
    need: Permission | None = Permission.SEE_FIGURES  # None: anybody


_OWN = Permission.SEE_FIGURES_OF_OWN_AGENCY
OFFERS = (
    Offer("agencies", TableQuery, tables.agencies),
    Offer("agencies/<code>", OneAgencyQuery, tables.one_agency, _OWN),
    Offer("categories", LinesQuery, tables.lines("categories", "category")),
    Offer("areas", LinesQuery, tables.lines("areas", "area")),
    Offer("channels", LinesQuery, tables.lines("channels", "channel")),
    Offer("trend", TrendQuery, tables.trend, _OWN),
    Offer("backlog", FiguresQuery, tables.backlog),
    Offer("five-groups", FiguresQuery, tables.five_groups),
    Offer("assignments", NumberQuery, tables.assignments, _OWN),
    Offer("definitions", AskedOnce, tables.definitions, None),
)


def offer(blp: Blueprint, offers: Iterable[Offer] = OFFERS) -> None:
    """Serve every offer as .csv and as .xlsx."""
    for one in offers:
        for ending, media_type, send in (("csv", CSV, as_csv), ("xlsx", XLSX, as_xlsx)):
            blp.route(f"/stats/{one.rule}.{ending}")(_view(blp, one, ending, media_type, send))


def _view(
    blp: Blueprint, one: Offer, ending: str, media_type: str, send: Callable[[Table], Response]
) -> type[MethodView]:
    def get(_self: Any, query: dict[str, Any], **path: str) -> Response:
        return send(one.table(query, **path))

    get.__doc__ = f"The same as /stats/{one.rule}, as a file that a spreadsheet opens."
    described = blp.response(200, BINARY, content_type=media_type)(get)
    asked = blp.arguments(one.query, location="query")(described)
    guarded = _guard(one.need)(asked)
    noun = one.rule.title().translate({ord(sign): None for sign in "-/<>"})
    return type(f"{noun}{ending.title()}", (MethodView,), {"get": guarded})


def _guard(need: Permission | None) -> Callable[[Any], Any]:
    if need is None:
        return public
    return of_all_agencies if need is Permission.SEE_FIGURES else requires(need)


def as_csv(table: Table) -> Response:
    """Sent while it is read: a list may be of any length."""
    pieces: Iterator[bytes] = stream_with_context(csv_of(table.sheet))
    answer = Response(pieces, mimetype=CSV)
    answer.headers.set("Content-Disposition", "attachment", filename=_file_name(table, "csv"))
    return answer


def as_xlsx(table: Table) -> Response:
    """Written to a file first: XLSX is a ZIP archive, whose directory comes last."""
    if table.rows > XLSX_ROWS:
        raise SheetTooLong(rows=table.rows, most=XLSX_ROWS)
    pieces = _written(table)
    next(pieces)
    answer = Response(pieces, mimetype=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=_file_name(table, "xlsx"))
    return answer


def _written(table: Table) -> Iterator[bytes]:
    """Nothing, once the file is written; then the file in pieces."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        write_xlsx((table.sheet, *table.beside), file)
        yield b""
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _file_name(table: Table, ending: str) -> str:
    parts = ("1022", current_app.config["PROVINCE_CODE"], *table.file)
    return f"{'-'.join(parts)}.{ending}"
