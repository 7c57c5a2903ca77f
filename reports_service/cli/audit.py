"""``reports audit``: whether the log of what staff did is whole."""

from __future__ import annotations

import sys

import click
import orjson

from reports_service.cli.application import with_app
from reports_service.cli.spoken import language
from reports_service.core.db import snapshot
from reports_service.core.words import say
from reports_service.logbook import verification
from reports_service.logbook.verification import Walk


@click.group()
def audit() -> None:
    """The log of what staff did: whether it is whole."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document per difference.")
@with_app()
def verify(as_json: bool) -> None:
    """Check every entry of the log, and name what was edited, removed or added.

    Exits with 1 when something was.
    """
    walk, differences = Walk(), 0
    with snapshot():
        for one in verification.verify(walk):
            differences += 1
            said = orjson.dumps(one.to_dict()).decode() if as_json else one.sentence(language())
            click.echo(said)
    found = "audit_differs" if differences else "audit_whole"
    counts = {"entries": walk.entries, "differences": differences}
    click.echo(say(found, language(), **counts), err=as_json)
    sys.exit(1 if differences else 0)
