"""``reports backup``: makes an archive of the whole deployment, looks at one, brings one back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson
from flask import has_app_context

import config
from config.environment import said
from reports_service import create_app
from reports_service.backups import configuration, creating, restoring
from reports_service.backups.archive import About
from reports_service.backups.creating import Made
from reports_service.backups.restoring import Wish
from reports_service.backups.sealing import Key
from reports_service.cli.progress import PER_CENT, progress
from reports_service.cli.spoken import language, tell
from reports_service.core.words import say

NOT_WHOLE = 3  # exit status: the backup was made, and files that rows name are not in it
OF_OTHERS = 0o077  # what a file lets all but its owner do
SHOWN = 10  # names of files that are said
Command = TypeVar("Command", bound=Callable[..., Any])
ARCHIVE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
Reached = Callable[[str, int, int], None]


@click.group()
def backup() -> None:
    """Back up database, photos and configuration into one file; restore it."""


def _keyed(command: Command) -> Command:
    """Give the command a ``key`` from the options; nothing of a key stands on the command line."""

    @click.option("--key", "key_file", type=click.Path(path_type=Path), help="A file with a key.")
    @click.option(
        "--passphrase", is_flag=True, help="Ask for a passphrase, or take $BACKUP_PASSPHRASE."
    )
    @wraps(command)
    def run(key_file: Path | None, passphrase: bool, **options: Any) -> Any:
        if key_file and passphrase:
            raise click.UsageError("--key or --passphrase, not both")
        key = Key.of_file(key_file) if key_file else None
        if key_file and key_file.stat().st_mode & OF_OTHERS:
            tell("backup_key_open", file=str(key_file))
        if passphrase:
            key = Key.of_passphrase(_passphrase(twice=command.__name__ == "create"))
        return command(key=key, **options)

    return run  # type: ignore[return-value]


def _passphrase(*, twice: bool) -> str:
    given = os.environ.get("BACKUP_PASSPHRASE")
    asked = say("backup_passphrase", language())
    return given or click.prompt(asked, hide_input=True, confirmation_prompt=twice, err=True)


@contextmanager
def _application() -> Iterator[None]:
    """The application as it stands: nothing is migrated, nothing laid into its database."""
    if has_app_context():
        yield
        return
    with create_app().app_context():
        yield


@contextmanager
def _progress() -> Iterator[Reached]:
    """Progress of one step after the other, each in per cent of what it has to do."""
    step, shown = "", progress("", PER_CENT)
    tell_step: Callable[[int, str], None] | None = None

    def reached(now_at: str, done: int, of: int) -> None:
        nonlocal step, shown, tell_step
        if now_at != step:
            if tell_step:
                shown.__exit__(None, None, None)
            step, shown = now_at, progress(say(f"backup_step_{now_at}", language()), PER_CENT)
            tell_step = shown.__enter__()
        if tell_step:
            tell_step(done * PER_CENT // of if of else PER_CENT, "")

    try:
        yield reached
    finally:
        if tell_step:
            shown.__exit__(None, None, None)


@backup.command()
@ARCHIVE
@_keyed
def create(file: Path, key: Key | None) -> None:
    """Write everything into FILE, while the service runs. Exit status 3: some files were lost."""
    with _application(), _progress() as reached:
        made = creating.create(file, key, config.names(), reached)
    _sum_up(made, file)
    if not made.copied.whole:
        sys.exit(NOT_WHOLE)


def _sum_up(made: Made, file: Path) -> None:
    click.echo(file)
    tell(
        "backup_made",
        files=f"{made.copied.count:,}",
        size=f"{made.byte_size / 1e6:,.1f}",
        schema=made.about.schema,
    )
    tell("backup_secrets_inside" if made.about.secrets_inside else "backup_secrets_apart")
    for code, lost in (
        ("backup_files_gone", made.copied.gone),
        ("backup_files_altered", made.copied.altered),
    ):
        if lost:
            tell(code, count=len(lost), names=", ".join(lost[:SHOWN]))


@backup.command()
@ARCHIVE
@_keyed
def check(file: Path, key: Key | None) -> None:
    """Read all of FILE and compare every sum. Touches nothing else."""
    with _progress() as reached:
        about, parts = restoring.check(file, key, reached)
    tell("backup_whole", parts=f"{parts:,}", **_said(about))


@backup.command()
@ARCHIVE
@_keyed
@click.option("--secrets", is_flag=True, help="SECRET_KEY and passwords too, where sealed.")
@click.option("--json", "as_json", is_flag=True, help="All keys of the configuration, as JSON.")
def show(file: Path, key: Key | None, secrets: bool, as_json: bool) -> None:
    """Print what FILE is of, and the settings in it as a shell reads them: NAME='value'."""
    about, kept = restoring.look(file, key)
    if as_json:
        shown = kept if secrets else configuration.without_secrets(kept)
        whole = {"backup": about.__dict__, "configuration": shown}
        click.echo(orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode())
        return
    _note("backup_of", **_said(about))
    for name, line in configuration.exported(kept, said, secrets=secrets):
        if line:
            click.echo(line)
        else:
            _note("backup_setting_hidden", name=name)
    for name in configuration.left_out(kept, said):
        _note("backup_setting_left_out", name=name)


def _note(code: str, **values: str) -> None:
    """A remark between settings, which a shell passes over."""
    click.echo(f"# {say(code, language(), **values)}")


@backup.command()
@ARCHIVE
@_keyed
@click.option("--replace", is_flag=True, help="Though the database holds something: it is lost.")
@click.option(
    "--other-secret",
    is_flag=True,
    help="Though SECRET_KEY is another one: reporters' data and tracking tokens are lost.",
)
def restore(file: Path, key: Key | None, replace: bool, other_secret: bool) -> None:
    """Bring FILE back into the database and photo store of this deployment, which is stopped."""
    with _application(), _progress() as reached:
        done = restoring.restore(file, key, Wish(replace, other_secret), reached)
    tell("restore_done", photos=f"{done.photos:,}", **_said(done.about))
    if done.secret_kept:
        tell("restore_secret_kept")
    tell("restore_what_next")


def _said(about: About) -> dict[str, str]:
    return {"made_at": about.made_at, "engine": about.engine, "schema": about.schema}
