"""Files of rows: Parquet for machines, CSV for whoever has nothing else."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from io import TextIOWrapper
from itertools import repeat
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from reports_service.core.spreadsheet_text import defused
from reports_service.exports.reading import Values
from reports_service.exports.tables import PROVINCE, TEXTUAL, Column, Format, Kind

_TYPES: Mapping[Kind, pa.DataType] = {
    Kind.CODE: pa.dictionary(pa.int32(), pa.string()),
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int32(),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
}


class Writer(Protocol):
    """Takes batches, each a list of values for every column; ``end`` completes the file."""

    def write(self, batch: Sequence[Values]) -> None: ...
    def end(self) -> None: ...


class ParquetWriter:
    """Parquet with zstd: each batch a row group, so that memory does not grow with the file."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column], province: str) -> None:
        self._province = province
        fields = [pa.field(column.name, _TYPES[column.kind]) for column in columns]
        self._schema = pa.schema([pa.field(PROVINCE, _TYPES[Kind.CODE]), *fields])
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, batch: Sequence[Values]) -> None:
        columns = [[self._province] * len(batch[0]), *batch]
        arrays = [
            pa.array(values, type=field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def end(self) -> None:
        self._writer.close()


class CsvWriter:
    """CSV after RFC 4180 in UTF-8, with a header. Nothing in it is a formula."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column], province: str) -> None:
        self._province = province
        self._shown = [_SHOWN.get(column.kind) for column in columns]
        self._text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow([PROVINCE, *(column.name for column in columns)])

    def write(self, batch: Sequence[Values]) -> None:
        columns = [_texts(*one) for one in zip(self._shown, batch, strict=True)]
        self._writer.writerows(zip(repeat(self._province), *columns, strict=False))

    def end(self) -> None:
        self._text.flush()
        self._text.detach()  # the file is the caller's to close


def writer(form: str, file: BinaryIO, columns: Sequence[Column], province: str) -> Writer:
    """The writer of a ``Format``; ``province`` is the first value of each row."""
    kind = ParquetWriter if form == Format.PARQUET else CsvWriter
    return kind(file, columns, province)


def _moment(value: datetime) -> str:
    """RFC 3339 of a moment in UTC, as the database gives it: 2026-12-01T10:00:00Z."""
    return value.isoformat()[: -len("+00:00")] + "Z"


def _texts(show: Callable[[Any], str] | None, values: Values) -> Iterable[Any]:
    """The cells of a column; a value that is not there is an empty one."""
    if show is None:
        return values
    return (None if value is None else show(value) for value in values)


def _flag(value: bool) -> str:
    return "true" if value else "false"


_SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    **dict.fromkeys(TEXTUAL, defused),
    Kind.FLAG: _flag,
    Kind.MOMENT: _moment,
    Kind.DAY: date.isoformat,
}
