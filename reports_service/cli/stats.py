"""``reports stats``: what leaders measure, checked and kept from the command line."""

from __future__ import annotations

import re
import sys
from calendar import monthrange
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import groupby
from typing import BinaryIO
from zoneinfo import ZoneInfo

import click
import orjson
from flask import current_app

from reports_service.cli.application import with_app
from reports_service.cli.closing import close, monthly_report
from reports_service.cli.progress import progress
from reports_service.cli.quality import quality
from reports_service.cli.rebuild import rebuild
from reports_service.cli.spoken import language
from reports_service.core import clock, together
from reports_service.core.db import snapshot
from reports_service.core.words import say
from reports_service.domain.errors import Invalid
from reports_service.reports.chain import FIGURES
from reports_service.statistics.cells import recount
from reports_service.statistics.interface.days import FIRST_YEAR, LAST_YEAR
from reports_service.statistics.periods import require_begun
from reports_service.statistics.scope import Period
from reports_service.statistics.verification import histories, walk, wording
from reports_service.statistics.verification.differences import Difference
from reports_service.statistics.verification.walk import Walked

_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
MOMENTS_TRIED = 20
BEHIND = timedelta(seconds=10)  # figures may be so old without a word


class PeriodUnreadable(Invalid):
    """No period is written so."""

    code = "stats_period_unreadable"


class PublishedUnreadable(Invalid):
    """The file does not hold daily heads."""

    code = "verify_published_unreadable"


@click.group()
def stats() -> None:
    """Figures: what they rest on."""


stats.add_command(quality)
stats.add_command(rebuild)


@stats.command()
@click.option(
    "--period",
    metavar="PERIOD",
    help="2026-11, 2026-Q3, 2026 or 2026-01-15..2026-02-14; every month by default.",
)
@click.option(
    "--published",
    type=click.File("rb"),
    metavar="FILE",
    help="Also hold the daily heads against these, copied earlier from /api/v1/stats/daily-heads.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document per difference.")
@with_app()
def verify(period: str | None, published: BinaryIO | None, as_json: bool) -> None:
    """Rebuild every report and figure from the events alone, and name what differs.

    Exits with 1 when something does.
    """
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    asked = _period(period, zone) if period else None
    copied, walked = _copied(published) if published else {}, Walked()
    with _one_moment(), progress(say("verify_walking", language()), histories.last_id()) as at:
        found = walk.verify(
            zone, asked, copied=copied, walked=walked, reached=lambda report_id: at(report_id, "")
        )
        _tell_programs(found) if as_json else _tell(found, zone)
    _sum_up(walked, zone, to_stderr=as_json)
    sys.exit(1 if walked.differences else 0)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment: one at which no change waits to be counted, as
    far as those who work meanwhile leave any.
    """
    for _ in range(MOMENTS_TRIED):
        while recount.catch_up():
            continue
        with snapshot():
            if not together.anything(FIGURES):
                yield
                return
    with snapshot():
        yield


def _tell_programs(found: Iterable[Difference]) -> None:
    for difference in found:
        click.echo(orjson.dumps(difference.to_dict()))


def _tell(found: Iterable[Difference], zone: ZoneInfo) -> None:
    """What is about one report, or the figures of one period, stands under it."""
    for about, differences in groupby(found, key=lambda one: wording.about(one, language())):
        click.echo(about)
        for difference in differences:
            click.echo(f"  - {wording.sentence(difference, language(), zone)}")


def _sum_up(walked: Walked, zone: ZoneInfo, *, to_stderr: bool) -> None:
    found = "verify_differs" if walked.differences else "verify_clean"
    if walked.as_of is not None and clock.now() - walked.as_of > BEHIND:
        moment = f"{walked.as_of.astimezone(zone):%d/%m/%Y %H:%M:%S}"
        click.echo(say("verify_behind", language(), as_of=moment), err=True)
    counts = {
        "reports": walked.reports,
        "assignments": walked.assignments,
        "events": walked.events,
        "periods": max(0, len(walked.periods) - 1),  # all time is said in words
        "differences": walked.differences,
    }
    click.echo(say(found, language(), **counts), err=to_stderr)


def _copied(published: BinaryIO) -> dict[date, str]:
    """Day -> head of a file as /stats/daily-heads gives it. Raises ``PublishedUnreadable``."""
    try:
        items = orjson.loads(published.read())["items"]
        return {date.fromisoformat(one["day"]): str(one["head"]) for one in items}
    except (KeyError, TypeError, ValueError) as wrong:
        raise PublishedUnreadable(file=published.name) from wrong


def _period(text: str, zone: ZoneInfo) -> Period:
    """The days that are meant, of which some have come: of others nothing can fit or differ.

    Raises ``PeriodUnreadable``, ``PeriodBackwards``, ``FiguresNotBegun`` and the like.
    """
    try:
        first, last = _days(text)
    except ValueError as wrong:
        raise PeriodUnreadable(period=text[:40]) from wrong
    if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in (first, last)):
        raise PeriodUnreadable(period=text[:40])
    now = clock.now()
    period = Period.of(first, last, now, zone)
    require_begun(period, now.astimezone(zone).date(), "period")
    return period


def _days(text: str) -> tuple[date, date]:
    """The first and the last day. Raises ``ValueError``."""
    if found := _YEAR.fullmatch(text):
        year = int(found[1])
        return date(year, 1, 1), date(year, 12, 31)
    if found := _QUARTER.fullmatch(text):
        year, third = int(found[1]), 3 * int(found[2])
        return date(year, third - 2, 1), _last_of_month(year, third)
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), _last_of_month(year, month)
    first, between, last = text.partition("..")
    if not between:
        raise ValueError(text)
    return date.fromisoformat(first), date.fromisoformat(last)


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


stats.add_command(close)
stats.add_command(monthly_report)
