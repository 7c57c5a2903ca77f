"""One part written: its rows into a file, counted and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from reports_service.exports import reading
from reports_service.exports.formats import writer
from reports_service.exports.tables import TABLES, What
from reports_service.exports.wishes import Built, Wish
from reports_service.statistics.scope import Period

CHUNK = 1024 * 1024


def build(
    wish: Wish,
    days: Period,
    province: str,
    file: BinaryIO,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> Built:
    """Write the rows of some days into an empty file, open for reading and writing.

    ``on_rows`` is called with the number of rows so far: a lease is renewed, a bar moves. No
    transaction is open then.
    """
    table = TABLES[What(wish.what)]
    out = writer(wish.form, file, table.columns, province)
    rows = 0
    for batch in reading.batches(table, days.begins, days.ends):
        out.write(batch)
        rows += len(batch[0])
        on_rows(rows)
    out.end()
    file.flush()
    byte_size = file.tell()
    left_out = reading.left_out(table, days.begins, days.ends)
    return Built(rows, left_out, byte_size, _digest(file))


def _digest(file: BinaryIO) -> str:
    """The SHA-256 of a file from its beginning, where it stands again afterwards."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
