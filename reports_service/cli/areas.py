"""``reports areas import``: real boundaries from GeoJSON files, all of them or none."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask import has_app_context

from reports_service import create_app
from reports_service.areas import geojson, importing
from reports_service.areas.models import Level
from reports_service.cli import schema
from reports_service.cli.spoken import language, tell
from reports_service.core.auth import Actor
from reports_service.core.db import unit_of_work
from reports_service.core.words import say
from reports_service.domain.errors import Refusal

ACTOR = Actor(name="command line", system=True)


@click.group()
def areas() -> None:
    """Areas: communes and provinces, their boundaries and their validity."""


@areas.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE.geojson...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of validity; goes before what the files say.",
)
@click.option("--source", help="Where the boundaries come from; else the file's name.")
@click.option("--level", type=click.Choice([level.value for level in Level]))
@click.option("--parent", help="Code of the area that these are part of.")
def import_files(
    files: Sequence[Path],
    valid_from: datetime | None,
    source: str | None,
    level: str | None,
    parent: str | None,
) -> None:
    """Import areas from GeoJSON. A wrong file changes nothing; the same file twice neither."""
    wishes = importing.Wishes(
        source=source,
        valid_from=valid_from.date() if valid_from else None,
        level=Level(level) if level else None,
        parent=parent,
    )
    try:
        features = _read(files)
        with _application():
            outcome = _bring_in(features, wishes)
    except Refusal as refusal:
        reason = say(refusal.code, language(), **refusal.values)
        tell("areas_refused", reason=reason)
        sys.exit(1)
    _report(outcome)


def _read(files: Sequence[Path]) -> list[geojson.Feature]:
    features: list[geojson.Feature] = []
    with _bar(files, len(files), say("areas_reading", language(), file="GeoJSON")) as shown:
        for file in shown:
            features += geojson.read_text(file.read_bytes(), file.name)
    return features


def _bring_in(features: Sequence[geojson.Feature], wishes: importing.Wishes) -> importing.Outcome:
    label = say("areas_importing", language())
    with _bar(None, len(features), label) as shown, unit_of_work():
        return importing.import_features(ACTOR, features, wishes, lambda: shown.update(1))


def _report(outcome: importing.Outcome) -> None:
    counts = {name: getattr(outcome, name) for name in outcome.__dataclass_fields__}
    click.echo(say("areas_imported", language(), **counts))
    if outcome.without_parent:
        tell("areas_without_parent", codes=", ".join(sorted(outcome.without_parent)))


def _bar(steps, length, label):  # type: ignore[no-untyped-def]
    """A progress bar on standard error, which leaves standard output to the result."""
    return click.progressbar(steps, length=length, label=label, file=sys.stderr)


@contextmanager
def _application() -> Iterator[None]:
    """The application that is active, else a new one on an up-to-date database."""
    if has_app_context():
        yield
        return
    app = create_app()
    schema.bring_up_to_date(app)
    with app.app_context():
        yield
