"""Columns of a table as arrays: what an engine's bulk writer is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
)

from bench.populated.hours import NONE
from reports_service.core.db import Json, UtcDateTime

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Words:
    """Words by their place in a vocabulary; -1 is null."""

    vocabulary: Sequence[str] | Sequence[bytes]
    place: Numbers


# A plain value stands in every row. Integers, moments (seconds) and days (since 1970): NONE is
# null; of floats nan. Bytes of one length: text of that length.
Values = Words | Numbers | str | int | bool | bytes
Columns = Mapping[str, Values]


def kind(column: Column[Any]) -> str:
    """What a column holds: moment, day, bool, float, int, bytes, json or text."""
    for name, types in (
        ("moment", UtcDateTime),
        ("day", Date),
        ("bool", Boolean),
        ("float", Float),
        ("int", Integer),  # BigInteger too
        ("bytes", LargeBinary),
    ):
        if isinstance(column.type, types):
            return name
    return "json" if isinstance(column.type, type(Json)) else "text"


def kinds(table: Table, columns: Columns) -> dict[str, str]:
    """The kind of each of these columns."""
    return {name: kind(table.c[name]) for name in columns}


def is_null(values: Numbers) -> Numbers:
    """Where an array is null."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind in "bS":
        return np.zeros(len(values), dtype=bool)
    return values == NONE


def rows_of(columns: Columns) -> int:
    """How many rows they are."""
    return next(len(values) for values in columns.values() if isinstance(values, np.ndarray))
