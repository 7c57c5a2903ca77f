"""``reports stats rebuild``: all figures anew, from the assignments and reports."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click
from flask import current_app

from reports_service.cli.application import with_app
from reports_service.cli.progress import PER_CENT, progress
from reports_service.cli.spoken import language, tell
from reports_service.core.words import say
from reports_service.domain.errors import Conflict
from reports_service.statistics.cells import recount, turns


class CountedElsewhere(Conflict):
    """Another process recounts just now."""

    code = "stats_counted_elsewhere"


@click.command()
@with_app()
def rebuild() -> None:
    """Count all figures anew. Until it is done there are none; on SQLite, filings wait now and
    then while an agency's are written.
    """
    with progress(say("stats_counting", language()), PER_CENT) as reached:
        rows = recount.rebuild(reached)
    if not rows and not turns.built(ZoneInfo(current_app.config["TZ_NAME"])):
        raise CountedElsewhere
    tell("stats_rebuilt", rows=f"{rows:,}")
