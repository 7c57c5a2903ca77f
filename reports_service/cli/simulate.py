"""``reports simulate``: months of a province's life, lived by the real services in minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import func, select

from reports_service.cli.application import with_app
from reports_service.cli.progress import PER_CENT, progress
from reports_service.cli.seed import DEFAULT_FOLDER
from reports_service.cli.simulation import life
from reports_service.cli.simulation.life import Lived, Plan
from reports_service.cli.simulation.seasons import months_before
from reports_service.cli.spoken import language
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.words import say
from reports_service.domain.errors import Conflict, Invalid
from reports_service.reports.models import Report
from reports_service.sla import service as sla
from reports_service.statistics.cells import recount

# The communes of today exist since 1 July 2025 (Decision 19/2025/QĐ-TTg): no report is older.
EARLIEST = datetime(2025, 6, 30, 17, tzinfo=UTC)
MONTHS, REPORTS, SEED = 6, 5_000, 1022
FIRST_START_REPORTS, FIRST_START_MONTHS = 1_200, 4  # so that the backlog has some life in it
SHORTEST = timedelta(days=1)


class ReportsExist(Conflict):
    """The database has reports already; a past is made for an empty one."""

    code = "simulate_reports_exist"


class TimeRefused(Invalid):
    """The simulated time must lie between July 2025 and now, and last a day at least."""

    code = "simulate_time_refused"


@click.command()
@click.option("--reports", type=click.IntRange(1), default=REPORTS, show_default=True)
@click.option("--months", type=click.IntRange(1, 120), default=MONTHS, show_default=True)
@click.option(
    "--seed",
    type=int,
    default=SEED,
    show_default=True,
    help="The same seed and the same --until give the same histories; codes are random anyway.",
)
@click.option("--until", metavar="TIME", help="Where the past ends, local time; now by default.")
@click.option(
    "--first-start",
    is_flag=True,
    help=f"What a new demo gets: {FIRST_START_REPORTS} in {FIRST_START_MONTHS} months.",
)
@click.option("--more", is_flag=True, help="Also where there are reports already.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    help="The province's data files, with the words in names.toml.",
)
@with_app()
def simulate(
    reports: int,
    months: int,
    seed: int,
    until: str | None,
    first_start: bool,
    more: bool,
    folder: Path,
) -> None:
    """Give the province a believable past, through the real services. Nobody is notified."""
    if not more and db.session.scalar(select(Report.id).limit(1)) is not None:
        raise ReportsExist(count=db.session.scalar(select(func.count()).select_from(Report)))
    end = _end(until)
    if first_start:
        reports, months = FIRST_START_REPORTS, FIRST_START_MONTHS
    start = max(months_before(end, months), EARLIEST)
    if end - start < SHORTEST:
        raise TimeRefused(time=until)
    with _progress(start, end) as shown:
        lived = life.live(Plan(folder, start, end, reports, seed), shown)
    with progress(say("stats_counting", language()), PER_CENT) as reached:
        recount.rebuild(reached)
    _tell(lived)


def _end(until: str | None) -> datetime:
    """The moment that ``--until`` names. Raises ``TimeRefused``."""
    now = clock.now()
    if until is None:
        return now
    try:
        at = datetime.fromisoformat(until)
    except ValueError as wrong:
        raise TimeRefused(time=until[:60]) from wrong
    at = at if at.tzinfo else at.replace(tzinfo=sla.zone())
    if at > now:
        raise TimeRefused(time=until[:60])
    return at.astimezone(UTC)


@contextmanager
def _progress(start: datetime, end: datetime) -> Iterator[Callable[[datetime], None]]:
    """On standard error, with the day that is being lived."""
    hours = int((end - start) / timedelta(hours=1))
    zone, label = sla.zone(), say("simulate_living", language())
    with progress(label, hours) as reached:

        def shown(at: datetime) -> None:
            reached(int((at - start) / timedelta(hours=1)), f"{at.astimezone(zone):%d/%m/%Y}")

        yield shown


def _tell(lived: Lived) -> None:
    count = select(func.count()).select_from(Report)
    words = say(
        "simulate_done",
        language(),
        reports=lived.reports,
        acts=lived.acts,
        open=db.session.scalar(count.where(Report.is_open)),
    )
    click.echo(words)
