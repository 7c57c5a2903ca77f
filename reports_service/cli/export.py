"""``reports export``: reports or assignments of a period as files in a folder."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app

from reports_service.cli.application import with_app
from reports_service.cli.progress import progress
from reports_service.cli.spoken import language, tell
from reports_service.core import clock
from reports_service.core.schemas import OutOfRange
from reports_service.core.words import say
from reports_service.exports.folder import Finished, Folder
from reports_service.exports.tables import Format, What
from reports_service.exports.wishes import Wish
from reports_service.statistics.interface.days import FIRST_YEAR, LAST_YEAR

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--what", type=click.Choice([what.value for what in What]), required=True)
@click.option("--from", "first", type=DAY, required=True, help="First local day, counted.")
@click.option("--to", "last", type=DAY, required=True, help="Last local day, counted.")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.PARQUET.value,
    show_default=True,
)
@click.option(
    "--to-folder",
    "path",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Files that an earlier run finished there are kept.",
)
@with_app()
def export(what: str, first: datetime, last: datetime, form: str, path: Path) -> None:
    """Write reports or assignments of a period into files, one a month, without people's data."""
    config = current_app.config
    now, zone = clock.now(), ZoneInfo(config["TZ_NAME"])
    wish = Wish.of(what, form, _day("--from", first), _day("--to", last), now, zone)
    folder = Folder(path, wish, config["PROVINCE_CODE"])
    finished: list[Finished] = []
    with progress(say("export_writing", language()), len(folder.parts())) as reached:
        for one in folder.fill(language()):
            finished.append(one)
            reached(len(finished), one.part.name)
    _sum_up(finished, folder)


def _day(option: str, given: datetime) -> date:
    """A day within the years that reports can be of. Raises ``OutOfRange``."""
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        day = given.date().isoformat()
        raise OutOfRange(field=option, value=day, lowest=FIRST_YEAR, highest=LAST_YEAR)
    return given.date()


def _sum_up(finished: list[Finished], folder: Folder) -> None:
    for one in finished:
        click.echo(folder.path / one.part.name)
    tell(
        "export_done",
        files=len(finished),
        kept=sum(one.kept for one in finished),
        rows=sum(one.built.rows for one in finished),
    )
