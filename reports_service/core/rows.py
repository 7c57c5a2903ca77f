"""New rows written one by one, in the order that is given, without the session's sorting.

A flush works out what depends on what, which for a handful of new rows costs more than writing
them. Where the order is known, as in filing, the rows are inserted directly; afterwards they belong
to the session as if it had flushed them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from reports_service.core.db import Model, db


def insert(row: Model) -> None:
    """Write a new row in the caller's unit of work and set its primary key.

    Ids of other rows must be set already; relationships are not followed. What was not set becomes
    the column's default or None, as the database has it. Give the row to the session when all that
    it is related to is written.
    """
    mapper = row.__mapper__
    held = instance_dict(row)
    columns = _columns(mapper)
    given = {name: held[key] for key, name in columns.items() if key in held}
    written = db.session.connection().execute(_statement(mapper), given)
    values = cast("Mapping[str, Any]", written.last_inserted_params())  # of one row, so no list
    for key, name in columns.items():
        held.setdefault(key, values.get(name))
    names = (column.name for column in mapper.primary_key)
    for name, value in zip(names, written.inserted_primary_key or (), strict=True):
        held[name] = value
    make_transient_to_detached(row)


@cache
def _columns(mapper: Mapper[Model]) -> dict[str, str]:
    """Attribute -> name of its column."""
    return {attribute.key: attribute.columns[0].name for attribute in mapper.column_attrs}


@cache
def _statement(mapper: Mapper[Model]) -> Insert:
    return cast("Table", mapper.local_table).insert()
