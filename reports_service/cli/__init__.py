"""The command line: ``bin/reports``, or ``python -m reports_service.cli``.

Each command stands in a module of its own and is registered here; a new one is imported and added
to ``COMMANDS``. What a command is refused, it says in words on standard error, and exits with 1.
"""

from __future__ import annotations

import os
from typing import Any

import click

from reports_service.cli.accounts import accounts
from reports_service.cli.application import refusing_in_words
from reports_service.cli.areas import areas
from reports_service.cli.audit import audit
from reports_service.cli.backup import backup
from reports_service.cli.calendar import calendar
from reports_service.cli.doctor import doctor
from reports_service.cli.export import export
from reports_service.cli.keys import keys
from reports_service.cli.migrate import migrate
from reports_service.cli.outbox import outbox
from reports_service.cli.retention import retention
from reports_service.cli.sample_photo import sample_photo
from reports_service.cli.seed import seed
from reports_service.cli.serve import serve
from reports_service.cli.simulate import simulate
from reports_service.cli.sla import sla
from reports_service.cli.stats import stats
from reports_service.core.words import LANGUAGES

COMMANDS = (
    accounts,
    areas,
    backup,
    audit,
    calendar,
    doctor,
    export,
    keys,
    migrate,
    retention,
    outbox,
    sample_photo,
    seed,
    serve,
    simulate,
    sla,
    stats,
)


class Commands(click.Group):
    """A group whose commands answer refusals in words, never with a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        with refusing_in_words():
            return super().invoke(ctx)


@click.group(cls=Commands)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="vi or en; else Vietnamese, unless the terminal's LANG begins with en.",
)
def reports(lang: str | None) -> None:
    """1022: citizens' reports, from the command line."""
    if lang:
        os.environ["LANGUAGE"] = lang  # read first by ``spoken``, and by what a command starts


for command in COMMANDS:
    reports.add_command(command)
