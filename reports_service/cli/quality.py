"""``reports stats quality``: last night's count of the quality of records, by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask import current_app

from reports_service.cli.application import with_app
from reports_service.cli.progress import progress
from reports_service.cli.spoken import language
from reports_service.core.words import say
from reports_service.statistics.quality import nightly


@click.command()
@click.option(
    "--since",
    "--day",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Count what was opened from this local day on too; by default the last 62 days.",
)
@with_app()
def quality(since: datetime | None) -> None:
    """Count the quality of records: what was opened lately, and what was open last night.

    The worker does it every night. Counted again, the counts are replaced.
    """
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    day = since.date() if since else None
    length = len(nightly.days_of_night(zone, day))
    with progress(say("cli_quality_label", language()), length) as reached:
        days = nightly.count(zone, day, reached)
    said = say("cli_quality_counted", language(), days=len(days), first=days[0], last=days[-1])
    click.echo(said)
