"""What commands have in common: an application with its database, and refusals in words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import click
from flask import has_app_context
from sqlalchemy.exc import DBAPIError

from reports_service.cli.ready import ready_app
from reports_service.cli.spoken import language, tell
from reports_service.core.auth import Actor
from reports_service.core.words import say
from reports_service.domain.errors import Refusal

Command = TypeVar("Command", bound=Callable[..., Any])

# Whoever may run commands may do anything; the audit log says that it was done so.
OPERATOR_OF_THE_MACHINE = Actor(name="command line", system=True)


def with_app(*, seeded: bool = True) -> Callable[[Command], Command]:
    """Run the command inside an application: the active one, else a new one, set up as needed.

    ``seeded=False`` is for commands that fill an empty database themselves.
    """

    def inside(command: Command) -> Command:
        @wraps(command)
        def run(*args: Any, **kwargs: Any) -> Any:
            if has_app_context():
                return command(*args, **kwargs)
            with ready_app(seeded=seeded).app_context():
                return command(*args, **kwargs)

        return run  # type: ignore[return-value]

    return inside


@contextmanager
def refusing_in_words() -> Iterator[None]:
    """Say on standard error why something may not be done, and exit with 1."""
    try:
        yield
    except Refusal as refusal:
        click.echo(say(refusal.code, language(), **_shown(refusal)), err=True)
        sys.exit(1)
    except DBAPIError as wrong:
        tell("cli_database_refused", why=wrong.orig)
        sys.exit(1)


def _shown(refusal: Refusal) -> dict[str, object]:
    """The refusal's values; several choices stand in one line, a moment in the zone it is in."""
    return {name: _readable(value) for name, value in refusal.values.items()}


def _readable(value: object) -> object:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:%H:%M %d/%m/%Y}" if isinstance(value, datetime) else value
