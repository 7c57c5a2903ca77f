"""Tables as files that a spreadsheet opens: CSV and XLSX, row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import StringIO
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports_service.core.spreadsheet_text import defused

BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for the code page of its country
CHUNK: Final = 64 * 1024  # characters
XLSX_ROWS: Final = 100_000  # Excel takes ten times as many, and writing them takes minutes
_NO_FORMULAS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Kind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0 to 1, shown in percent
    DECIMAL = "decimal"  # hours, percentage points
    STARS = "stars"
    DAY = "day"
    MOMENT = "moment"
    INSTANT = "instant"  # with its seconds, and in CSV with its offset (ISO 8601)
    CHANGE = "change"  # relative: 0.1 is a tenth more, shown in percent; its heading says so


_FORMATS: Final[dict[Kind, str]] = {
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0 %",
    Kind.CHANGE: "0.0 %",
    Kind.DECIMAL: "#,##0.0",
    Kind.STARS: "0.00",
    Kind.DAY: "dd/mm/yyyy",
    Kind.MOMENT: "dd/mm/yyyy hh:mm",
    Kind.INSTANT: "dd/mm/yyyy hh:mm:ss",
}
_DECIMALS: Final[dict[Kind, int]] = {Kind.SHARE: 4, Kind.DECIMAL: 1, Kind.STARS: 2}
_WIDTHS: Final[dict[Kind, int]] = {Kind.TEXT: 28, Kind.MOMENT: 17, Kind.INSTANT: 20}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what it holds, and where a row has it (None: an empty cell)."""

    title: str
    kind: Kind
    of: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: a name, lines above it (label, text or number), columns, and rows read once.

    Moments are written in ``zone``.
    """

    name: str
    about: Sequence[tuple[str, str | int]]
    columns: Sequence[Column]
    rows: Iterable[Any]
    zone: ZoneInfo


def csv_of(sheet: Sheet) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with a mark that says so, lines that end as Excel's do."""
    buffer = StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer, lineterminator="\r\n")
    for label, said in sheet.about:
        writer.writerow([defused(label), said if isinstance(said, int) else defused(said)])
    if sheet.about:
        writer.writerow([])
    writer.writerow([defused(column.title) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow(_as_text(column, row, sheet.zone) for column in sheet.columns)
        if buffer.tell() > CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


def _as_text(column: Column, row: Any, zone: ZoneInfo) -> str | float:
    value = column.of(row)
    if value is None:
        return ""
    match column.kind:
        case Kind.TEXT:
            return defused(str(value))
        case Kind.DAY:
            return _day(value).isoformat()
        case Kind.MOMENT:
            return f"{_moment(value, zone):%Y-%m-%d %H:%M}"
        case Kind.INSTANT:
            return _moment(value, zone).isoformat(timespec="seconds")
        case Kind.COUNT:
            return int(value)
        case Kind.CHANGE:  # a number of percent, as no cell of CSV has a format
            return round(value * 100, 1) + 0.0
    return round(value, _DECIMALS[column.kind]) + 0.0  # not -0.0


def write_xlsx(sheets: Sequence[Sheet], file: IO[bytes]) -> None:
    """Write the sheets into ``file``. Few rows are in memory at a time."""
    with xlsxwriter.Workbook(file, _NO_FORMULAS) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            kind: book.add_format({"num_format": number}) for kind, number in _FORMATS.items()
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats, bold)


def _write_sheet(page: Worksheet, sheet: Sheet, formats: dict[Kind, Format], bold: Format) -> None:
    head = len(sheet.about) + 1 if sheet.about else 0
    line = head
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _WIDTHS.get(column.kind, 13))
    page.freeze_panes(head + 1, 0)
    _write_about(page, sheet, formats, bold)
    for place, column in enumerate(sheet.columns):
        page.write_string(head, place, column.title, bold)
    for line, row in enumerate(sheet.rows, head + 1):
        for place, column in enumerate(sheet.columns):
            _write_cell(page, line, place, column, row, sheet.zone, formats)
    page.autofilter(head, 0, line, len(sheet.columns) - 1)


def _write_about(page: Worksheet, sheet: Sheet, formats: dict[Kind, Format], bold: Format) -> None:
    for line, (label, said) in enumerate(sheet.about):
        page.write_string(line, 0, label, bold)
        if isinstance(said, int):
            page.write_number(line, 1, said, formats[Kind.COUNT])
        else:
            page.write_string(line, 1, said)


def _write_cell(
    page: Worksheet,
    line: int,
    place: int,
    column: Column,
    row: Any,
    zone: ZoneInfo,
    formats: dict[Kind, Format],
) -> None:
    value = column.of(row)
    if value is None:
        return
    match column.kind:
        case Kind.TEXT:
            page.write_string(line, place, str(value))
        case Kind.DAY:
            page.write_datetime(line, place, _day(value), formats[Kind.DAY])
        case Kind.MOMENT | Kind.INSTANT:
            local = _moment(value, zone).replace(tzinfo=None)
            page.write_datetime(line, place, local, formats[column.kind])
        case _:
            page.write_number(line, place, value, formats[column.kind])


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: datetime | str, zone: ZoneInfo) -> datetime:
    """Local, from what a table or a JSON answer holds."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(zone)
