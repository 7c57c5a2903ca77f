"""The language of what the command line says, from the terminal's own settings."""

from __future__ import annotations

import os

import click

from reports_service.core.words import DEFAULT_LANGUAGE, say

# The first that is set decides: as gettext reads them.
SETTINGS = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """``en`` where LANGUAGE, LC_ALL, LC_MESSAGES or LANG begins so, else ``vi``."""
    for name in SETTINGS:
        if chosen := os.environ.get(name):
            return "en" if chosen.startswith("en") else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


def tell(code: str, /, **values: object) -> None:
    """Say the words for ``code`` on standard error, which leaves standard output to results."""
    click.echo(say(code, language(), **values), err=True)
