"""Calls the command line inside the application of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from reports_service.cli import reports
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from tests.memory import nothing_remembered

__all__ = ["nothing_remembered"]
Run = Callable[..., Result]


@pytest.fixture
def run() -> Iterator[Run]:
    """Call it with words: what ``bin/reports`` answers to them, in English.

    As a process of its own would, it sees what was committed and remembers nothing.
    """

    def answer(*words: str, language: str = "en") -> Result:
        db.session.commit()
        Snapshot.forget_all()
        return CliRunner(env={"LANGUAGE": language}).invoke(reports, words)

    yield answer
    Snapshot.forget_all()
