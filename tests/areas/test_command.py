"""``reports areas import`` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from reports_service.areas import service
from reports_service.areas.models import Area
from reports_service.cli import reports
from reports_service.core.db import db
from tests.areas.squares import collection, feature, square


def run(*words: str) -> Result:
    return CliRunner(env={"LANGUAGE": "en"}).invoke(reports, ["areas", "import", *words])


@pytest.fixture
def two_files(tmp_path: Path) -> list[str]:
    files = {
        "west.geojson": collection(feature("west", square(106, 11), province_code="80")),
        "east.geojson": collection(feature("east", square(106.2, 11), province_code="46")),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    return [str(tmp_path / name) for name in files]


def test_several_files_come_in_together(demo_province: int, two_files: list[str]) -> None:
    result = run(*two_files, "--valid-from", "2026-01-01", "--source", "the map office")
    assert result.exit_code == 0
    assert "2 added / 0 changed" in result.stdout
    assert "46" in result.stderr
    west = service.by_code("west")
    assert (west.valid_from.isoformat(), west.source) == ("2026-01-01", "the map office")
    assert "0 added / 0 changed" in run(*two_files, "--valid-from", "2026-01-01").stdout


def test_a_wrong_file_among_right_ones_changes_nothing(
    two_files: list[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.geojson"
    wrong.write_text(json.dumps(collection(feature("x", square(11, 106)))), encoding="utf-8")
    result = run(*two_files, str(wrong))
    assert result.exit_code == 1
    assert "wrong.geojson, feature 1 (line 1), code x" in result.stderr
    assert db.session.scalar(select(func.count(Area.id))) == 0


def test_the_same_code_in_two_files_is_refused(two_files: list[str], tmp_path: Path) -> None:
    again = tmp_path / "again.geojson"
    again.write_text(Path(two_files[0]).read_text(encoding="utf-8"), encoding="utf-8")
    result = run(*two_files, str(again))
    assert result.exit_code == 1
    assert "comes twice" in result.stderr


def test_an_unknown_parent_is_refused(two_files: list[str]) -> None:
    result = run(two_files[0], "--parent", "99")
    assert result.exit_code == 1
    assert "no parent area with the code 99" in result.stderr
