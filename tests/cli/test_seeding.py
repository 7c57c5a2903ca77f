"""``reports seed`` on an empty database: what it lays outside of a demo, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.core.db import Model, db
from tests.province import SEEDS

Run = Callable[..., Result]


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)


def how_many(kind: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_accounts_are_made_in_a_demo_only_and_without_people_there_is_nobody_to_simulate(
    run: Run,
) -> None:
    assert run("seed").exit_code == 0
    assert how_many(Agency) > 96
    assert how_many(Account) == 0
    refused = run("simulate", "--reports", "1")
    assert refused.exit_code == 1
    assert "no operator" in refused.stderr


def test_a_folder_without_its_files_is_refused_in_words(
    run: Run, demo: None, tmp_path: Path
) -> None:
    refused = run("seed", "--folder", str(tmp_path))
    assert refused.exit_code == 1
    assert "lacks the file ladders.toml" in refused.stderr


def test_a_broken_file_lays_nothing(run: Run, demo: None, tmp_path: Path) -> None:
    for path in SEEDS.iterdir():
        if path.suffix in (".toml", ".csv"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "accounts.toml").write_text("password = ")
    refused = run("seed", "--folder", str(tmp_path))
    assert refused.exit_code == 1
    assert "accounts.toml" in refused.stderr
    assert how_many(Agency) == 0
