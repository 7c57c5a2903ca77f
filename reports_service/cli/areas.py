"""``reports areas import``: real boundaries from GeoJSON files, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import count
from pathlib import Path

import click

from reports_service.areas import geojson, importing
from reports_service.areas.models import Level
from reports_service.cli.application import OPERATOR_OF_THE_MACHINE, with_app
from reports_service.cli.progress import progress
from reports_service.cli.spoken import language, tell
from reports_service.core.db import unit_of_work
from reports_service.core.words import say


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
@with_app()
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
    outcome = _bring_in(_read(files), wishes)
    click.echo(say("areas_imported", language(), **asdict(outcome)))
    if outcome.without_parent:
        tell("areas_without_parent", codes=", ".join(sorted(outcome.without_parent)))


def _read(files: Sequence[Path]) -> list[geojson.Feature]:
    features: list[geojson.Feature] = []
    with _progress(len(files), "areas_reading") as step:
        for file in files:
            features += geojson.read_text(file.read_bytes(), file.name)
            step()
    return features


def _bring_in(features: Sequence[geojson.Feature], wishes: importing.Wishes) -> importing.Outcome:
    with _progress(len(features), "areas_importing") as step, unit_of_work():
        return importing.import_features(OPERATOR_OF_THE_MACHINE, features, wishes, step)


@contextmanager
def _progress(steps: int, code: str) -> Iterator[Callable[[], None]]:
    """Progress on standard error, which leaves standard output to the result; call it per step."""
    done = count(1)
    with progress(f"{say(code, language()):<22}", steps) as reached:
        yield lambda: reached(next(done), "")
