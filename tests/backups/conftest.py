"""Deployments to back up, and empty machines to restore on: processes of their own do both."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import Databases
from tests.memory import fresh_memory
from tests.monday import clock_at, people

__all__ = ["clock_at", "fresh_memory", "people"]
ROOT = Path(__file__).resolve().parents[2]
KEY = "c2VhbGVkLWZvci10ZXN0cy1hbmQtd29ydGgtbm90aGluZw=="


@dataclass(frozen=True)
class Machine:
    """Where a deployment lives: its folder and its database. No secret unless one is given."""

    folder: Path
    database: str
    secret: str = ""

    def says(self, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
        """What ``bin/reports`` answers here, in English."""
        return subprocess.run(
            [sys.executable, "-m", "reports_service.cli", *words],
            cwd=ROOT,
            env={**self._environment(), **given},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _environment(self) -> Mapping[str, str]:
        mine = {
            "REPORTS_CONFIG": "development",
            "DATA_DIR": str(self.folder),
            "PHOTO_STORE": str(self.folder / "photos"),
            "DATABASE_URL": self.database,
            "SECRET_KEY": self.secret,
            "DEMO": "0",
            "LANGUAGE": "en",
        }
        return {**os.environ, **mine}


def machine_of(app: Flask) -> Machine:
    """The machine that an application of the test stands for."""
    config = app.config
    folder, url = Path(config["DATA_DIR"]), config["SQLALCHEMY_DATABASE_URI"]
    return Machine(folder, url, config["SECRET_KEY"])


@pytest.fixture
def empty_machine(databases: Databases, tmp_path: Path) -> Iterator[Machine]:
    """A machine with nothing on it."""
    with databases.empty() as url:
        yield Machine(tmp_path / "elsewhere", url)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file of a key."""
    path = tmp_path / "backup.key"
    path.touch(mode=0o600)
    path.write_text(KEY + "\n", encoding="ascii")
    return path
