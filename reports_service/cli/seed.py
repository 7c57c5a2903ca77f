"""``reports seed``: lays a province from its data files; what is there already stays as it is."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from reports_service.cli import province
from reports_service.cli.application import with_app
from reports_service.cli.progress import progress
from reports_service.cli.spoken import language
from reports_service.core.db import unit_of_work
from reports_service.core.words import say

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "config" / "seeds" / "tay_ninh"


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    help="Where the data files are; the demo province when it is not said.",
)
@with_app(seeded=False)
def seed(folder: Path) -> None:
    """Lay a province: calendar, agencies, areas, categories, rules, deadlines. Safe to repeat.

    Demo accounts are made only where DEMO is on.
    """
    added = known = 0
    with unit_of_work():
        for step in province.steps(folder, demo_accounts=bool(current_app.config["DEMO"])):
            for is_new in _shown(step):
                added, known = added + is_new, known + (not is_new)
    click.echo(say("seed_done", language(), added=added, known=known))


def _shown(step: province.Step) -> list[bool]:
    """Do one step behind a bar on standard error; for each thing whether it is new."""
    label = say(f"seed_step_{step.name}", language())
    new = []
    with progress(f"{label:<22}", len(step.rows)) as reached:
        for number, row in enumerate(step.rows, start=1):
            new.append(step.lay(row))
            reached(number, "")
    return new
