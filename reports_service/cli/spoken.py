"""The language of what the command line says, from the terminal's own settings."""

from __future__ import annotations

import os

import click

from reports_service.core.words import say


def language() -> str:
    """``vi`` where LANGUAGE, LC_ALL, LC_MESSAGES or LANG begins so, else ``en``."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := os.environ.get(name):
            return "vi" if chosen.startswith("vi") else "en"
    return "en"


def tell(code: str, /, **values: object) -> None:
    """Say the words for ``code`` on standard error, which leaves standard output to results."""
    click.echo(say(code, language(), **values), err=True)
