"""Search in folded text: FTS5 on SQLite, tsvector on PostgreSQL; both are made by the migration."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, text
from sqlalchemy.types import Integer

from reports_service.core.db import db
from reports_service.domain.masking import mask_people
from reports_service.domain.text import fold
from reports_service.reports.models import Report

_WORD = re.compile(r"\w+")
OWN_OBJECTS = ("report_search", "ix_reports_search")


def searchable(description: str, address: str) -> str:
    """What a search looks into: folded, and without what names people."""
    return fold(mask_people(f"{description} {address}"))


def sought_in(report: Report) -> str:
    """The same of a report as it stands: what was hidden or masked is not found any more."""
    if report.text_hidden_at is not None:
        return ""
    return searchable(report.public_description, report.address)


def matches(sought: str) -> ColumnElement[bool]:
    """Whether a report's text holds all the words, marks and case aside; the last may be begun.

    Where there is no word in it (an emoji, say), the text must hold it as it stands.
    """
    folded = fold(sought)
    found = _WORD.findall(folded)
    if not found:
        return Report.search_text.contains(folded, autoescape=True)
    if db.engine.dialect.name == "sqlite":
        return _fts5(found)
    return func.to_tsvector(literal_column("'simple'"), Report.search_text).op("@@")(
        func.to_tsquery(literal_column("'simple'"), " & ".join([*found[:-1], found[-1] + ":*"]))
    )


def _fts5(words: list[str]) -> ColumnElement[bool]:
    phrase = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
    rows = (
        text("SELECT rowid FROM report_search WHERE report_search MATCH :phrase")
        .bindparams(bindparam("phrase", phrase))
        .columns(rowid=Integer)
    )
    return Report.id.in_(select(rows.subquery().c.rowid))


def in_models(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """For Alembic: leave out what the migration makes for search, which models cannot say."""
    return not (kind in ("table", "index") and (name or "").startswith(OWN_OBJECTS))
