"""Fills an empty database with the demo province and a believable past."""

from __future__ import annotations

import subprocess
import sys

from flask import Flask
from sqlalchemy import select, table

from reports_service.cli.spoken import tell
from reports_service.core.db import db


class SeedFailed(RuntimeError):
    """The demo province could not be laid; what was wrong has been said."""


def seed_if_empty(app: Flask) -> None:
    """Lay the demo province where there is no agency yet, unless DEMO=0. Raises ``SeedFailed``."""
    if not app.config["DEMO"] or _has_rows(app, "agencies"):
        return
    tell("serve_seeding")
    if _run("seed") != 0:
        raise SeedFailed


def simulate_if_new(app: Flask) -> None:
    """Give a seeded province without any report its past; a failure is said, and does no harm."""
    if not app.config["DEMO"] or _has_rows(app, "reports"):
        return
    tell("serve_simulating")
    if _run("simulate", "--first-start") != 0:
        tell("serve_simulation_failed")


def _has_rows(app: Flask, name: str) -> bool:
    with app.app_context():
        query = select(1).select_from(table(name)).limit(1)
        return db.session.execute(query).first() is not None


def _run(*words: str) -> int:
    """A command of this command line, as a process of its own; its exit code.

    What it says goes to standard error: standard output is for the command that asked for it.
    """
    command = [sys.executable, "-m", "reports_service.cli", *words]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return ended.returncode
