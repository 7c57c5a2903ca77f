"""``reports retention``: people's data whose time is over, from the command line."""

from __future__ import annotations

import sys

import click

from reports_service.cli.application import with_app
from reports_service.cli.spoken import language
from reports_service.core.words import named, say
from reports_service.reports.retention import proof, schedule


@click.group()
def retention() -> None:
    """How long people's data is kept, and that it is gone afterwards."""


@retention.command()
@with_app()
def due() -> None:
    """Say of how many reports the time is over, by category."""
    for one in schedule.due_now():
        name = named(one.category.names, language()) if one.category else say(
            "retention_unsorted", language()
        )  # fmt: skip
        values = {"name": name, "days": one.days, "due": one.due, "waiting": one.waiting}
        click.echo(say("retention_line", language(), **values))


@retention.command()
@with_app()
def run() -> None:
    """Make anonymous what is due now, as the worker does every hour."""
    click.echo(say("retention_ran", language(), reports=schedule.run()))


@retention.command()
@with_app()
def verify() -> None:
    """Look whether what was to be forgotten is gone, and whether no run was forged.

    Exits with 1 when something is not as it should be.
    """
    flaws = list(proof.flaws())
    for found in flaws:
        click.echo(say(f"retention_flaw_{found.flaw}", language(), where=found.where))
    click.echo(say("retention_verified", language(), flaws=len(flaws)))
    sys.exit(1 if flaws else 0)
