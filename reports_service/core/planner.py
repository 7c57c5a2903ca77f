"""What SQLite knows of its tables when it chooses an index: nothing, until somebody looks.

``PRAGMA optimize`` looks at tables that its own connection has read from, and a worker's connection
has read from none; before SQLite 3.46 it cannot be told otherwise. So each table is analyzed, with
the limit that SQLite's manual advises (https://sqlite.org/pragma.html#pragma_analysis_limit): some
rows of each index are read, whatever its size. PostgreSQL looks by itself (autovacuum).
"""

from __future__ import annotations

from typing import Final

from reports_service.core.db import db, unit_of_work

ROWS_OF_AN_INDEX: Final = 1000


def look_at_tables() -> bool:
    """Gather SQLite's statistics of all tables anew. Returns whether there was anything to do.

    Connections that are open use them from their next look at the schema.
    """
    if db.engine.dialect.name != "sqlite":
        return False
    with unit_of_work():
        db.session.execute(db.text(f"PRAGMA analysis_limit = {ROWS_OF_AN_INDEX}"))
        db.session.execute(db.text("ANALYZE"))
    return True
