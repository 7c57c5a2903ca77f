"""``reports doctor``: says in plain words what the service lacks on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from reports_service import create_app
from reports_service.accounts.models import Account
from reports_service.cli import schema
from reports_service.cli.province import DEMO_MAIL
from reports_service.cli.spoken import language
from reports_service.core import health, queue
from reports_service.core.db import db, reachable
from reports_service.core.words import say
from reports_service.dead_letters import service as dead_letters
from reports_service.reports import changes
from reports_service.statistics import reading

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000
BEHIND = timedelta(minutes=1)  # figures older than that are not kept


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; the words are ``doctor_<what>_well`` and ``…_ill``."""

    what: str
    well: bool
    value: object = ""

    def words(self, spoken: str) -> str:
        """A line for a person."""
        state = "well" if self.well else "ill"
        mark = "✓" if self.well else "✗"
        return f"{mark} {say(f'doctor_{self.what}_{state}', spoken, value=self.value)}"


@click.command()
def doctor() -> None:
    """Check Python, the database, its migrations, the queue, the storage and cron."""
    with create_app().app_context():
        findings = list(examine())
    for finding in findings:
        click.echo(finding.words(language()))
    if not all(finding.well for finding in findings):
        sys.exit(1)


def examine() -> Iterator[Finding]:
    """All findings of the active application, the machine's first."""
    yield Finding("python", sys.version_info >= OLDEST_PYTHON, platform.python_version())
    folder = Path(current_app.config["DATA_DIR"])
    yield Finding("folder", _writable(folder), folder)
    free = _free_bytes(folder)
    yield Finding("space", free >= LEAST_FREE_BYTES, f"{free / 1e9:.1f}")
    yield from _database()
    yield Finding("queue", queue.reachable(), _without_password())
    storage = current_app.extensions["storage"]
    yield Finding("storage", storage.ready(), current_app.config["PHOTO_STORE"])


def _database() -> Iterator[Finding]:
    """The database, its tables, and the moment of the last periodic task, which it keeps."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    answers = reachable()
    yield Finding("database", answers, url.render_as_string(hide_password=True))
    current = answers and schema.is_current()
    if answers:
        yield Finding("migrations", current, schema.applied() or "-")
    if current:
        behind = reading.behind(ZoneInfo(current_app.config["TZ_NAME"]))
        yield Finding("changes", changes.notes_events())
        given_up = dead_letters.waiting()
        yield Finding("letters", given_up == 0, given_up)
        yield from _demo_accounts()
        yield Finding("figures", behind is not None and behind < BEHIND, _seconds(behind))
    cron: dict[str, Any] = health.parts()["cron"] if current else {"ready": False}
    yield Finding("cron", bool(cron["ready"]), local(cron.get("last_tick")))


def _demo_accounts() -> Iterator[Finding]:
    """Accounts whose password is published, where people come by https: no demo."""
    if not current_app.config["PUBLIC_URL"].startswith("https://"):
        return
    open_ones = select(func.count(Account.id)).where(
        Account.email.endswith(f"@{DEMO_MAIL}"), Account.ended_at.is_(None)
    )
    count = db.session.scalar(open_ones) or 0
    yield Finding("demo", count == 0, count)


def _seconds(length: timedelta | None) -> str:
    return "-" if length is None else f"{length.total_seconds():.0f}"


def local(moment: str | None) -> str:
    """A moment by the clock of the deployment's people."""
    if not moment:
        return "-"
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    return f"{datetime.fromisoformat(moment).astimezone(zone):%H:%M:%S %d/%m/%Y}"


def _writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK)


def _free_bytes(folder: Path) -> int:
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(there).free


def _without_password() -> str:
    url = str(current_app.config["REDIS_URL"] or "-")
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
