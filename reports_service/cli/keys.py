"""``reports keys``: another key for reporters' data, another secret, and which is in use."""

from __future__ import annotations

import sys

import click

from reports_service.cli.application import with_app
from reports_service.cli.progress import PER_CENT, progress
from reports_service.cli.spoken import language, tell
from reports_service.core.words import say
from reports_service.reports import rotation

SHOWN = 10


@click.group()
def keys() -> None:
    """Keys of reporters' data: rotate them, and see which are in use."""


@keys.command()
@click.option(
    "--end-old-tokens",
    is_flag=True,
    help="Tracking tokens of an earlier secret end when SECRET_KEYS_OLD is taken away.",
)
@with_app()
def rotate(end_old_tokens: bool) -> None:
    """Encrypt reporters' data anew, while the service runs. Broken off, say it again.

    To change SECRET_KEY: let SECRET_KEYS_OLD name the old one, restart every process, rotate, then
    take SECRET_KEYS_OLD away.
    """
    with progress(say("keys_rotating", language()), PER_CENT) as shown:
        done = rotation.rotate(
            lambda rows, of: shown(rows * PER_CENT // of if of else PER_CENT, ""),
            tokens=not end_old_tokens,
        )
    if done.kept:
        tell("keys_kept", count=done.kept)
    tell("keys_rotated", rows=f"{done.rows:,}")
    if done.unreadable:
        ids = ", ".join(map(str, done.unreadable[:SHOWN]))
        tell("keys_unreadable", count=len(done.unreadable), ids=ids)
        sys.exit(1)


@keys.command()
@with_app()
def check() -> None:
    """Say how many reporters' data are under which key; status 1 where any are under an old one."""
    uses = rotation.usage()
    for use in uses:
        code = "present" if use.present else "known" if use.known else "lost"
        name = use.name or say("keys_without_name", language())
        click.echo(say(f"keys_use_{code}", language(), name=name, rows=f"{use.rows:,}"))
    if not all(use.present for use in uses):
        sys.exit(1)
