"""The log as a file: CSV and XLSX for people, JSON Lines for programs; taking it is logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from flask import Response, current_app, stream_with_context

from reports_service.core import audit, clock
from reports_service.core.auth import current_actor, current_language
from reports_service.core.db import unit_of_work
from reports_service.core.words import say
from reports_service.logbook import finding, wording
from reports_service.logbook.finding import Line, Sought
from reports_service.logbook.schemas import AuditEntrySchema
from reports_service.statistics.interface.downloads import CSV, XLSX, as_csv, as_xlsx
from reports_service.statistics.interface.spreadsheets import Column, Kind, Sheet
from reports_service.statistics.interface.tables import Table

JSONL: Final = "application/x-ndjson"
CHUNK: Final = 64 * 1024  # bytes
# Column -> what it holds, and how a line says it.
_COLUMNS: Final[Mapping[str, tuple[Kind, Callable[[Line], Any]]]] = {
    "number": (Kind.COUNT, lambda line: line.entry.number),
    "at": (Kind.INSTANT, lambda line: line.entry.at),
    "actor": (Kind.TEXT, lambda line: line.entry.actor),
    "act": (Kind.TEXT, lambda line: _act(line.entry)),
    "object_kind": (
        Kind.TEXT,
        lambda line: wording.kind_said(line.entry.object_kind, current_language()),
    ),
    "object_key": (Kind.TEXT, lambda line: line.entry.object_key),
    "detail": (Kind.TEXT, lambda line: wording.sentences(line, current_language(), _zone())),
    "address": (Kind.TEXT, lambda line: line.entry.address),
    "request_id": (Kind.TEXT, lambda line: line.entry.request_id),
    "session_id": (Kind.COUNT, lambda line: line.entry.session_id),
    "device": (Kind.TEXT, lambda line: line.entry.device),
    "hash": (Kind.TEXT, lambda line: line.entry.hash.hex()),
}


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TZ_NAME"])


def _act(entry: audit.AuditEntry) -> str:
    return wording.act_said(entry.act, entry.object_kind, current_language())


def as_file(ending: str, sought: Sought) -> Response:
    """The log as ``ending`` says; its first line says that it was taken."""
    rows = finding.count(sought)
    with unit_of_work():
        asked = {"format": ending, "rows": rows, "sought": sought.said()}
        audit.record(current_actor(), "exported", "audit", ending, **asked)
    return ENDINGS[ending][1](sought, rows)


def _as_jsonl(sought: Sought, _rows: int) -> Response:
    answer = Response(stream_with_context(_pieces(sought)), mimetype=JSONL)
    name = f"1022-{current_app.config['PROVINCE_CODE']}-audit-{_today()}.jsonl"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _pieces(sought: Sought) -> Iterator[bytes]:
    schema, held = AuditEntrySchema(), bytearray()
    for line in finding.every_line(sought):
        held += orjson.dumps(schema.dump(line)) + b"\n"
        if len(held) > CHUNK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _table(sought: Sought, rows: int) -> Table:
    language, zone = current_language(), _zone()
    columns = [
        Column(say(f"audit_column_{name}", language), kind, of)
        for name, (kind, of) in _COLUMNS.items()
    ]
    sheet = Sheet(say("admin_audit", language), [], columns, finding.every_line(sought), zone)
    return Table(sheet, ("audit", _today()), rows)


def _today() -> str:
    return clock.now().astimezone(_zone()).date().isoformat()


# Ending -> media type, and what answers.
ENDINGS: Final[Mapping[str, tuple[str, Callable[[Sought, int], Response]]]] = {
    "csv": (CSV, lambda sought, rows: as_csv(_table(sought, rows))),
    "xlsx": (XLSX, lambda sought, rows: as_xlsx(_table(sought, rows))),
    "jsonl": (JSONL, _as_jsonl),
}
