"""``reports export``: files in a folder; a run that broke off is gone on with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from reports_service.cli import reports
from reports_service.core.db import db
from tests.personas import People

Clock = Callable[[datetime], None]
LIST = "80-reports-2026-03-01_2026-05-31.parquet.json"
NAMES = [
    "80-reports-2026-03.parquet",
    "80-reports-2026-04.parquet",
    "80-reports-2026-05.parquet",
]


@pytest.fixture(autouse=True)
def filed(people: People, clock_at: Clock) -> Iterator[None]:
    """A report in each of three months, the last of which is not over."""
    for month in (3, 4, 5):
        clock_at(datetime(2026, month, 2, 3, tzinfo=UTC))
        people.file()
    db.session.commit()
    return


def run(folder: Path, *more: str, **options: str) -> Result:
    said = {"what": "reports", "from": "2026-03-01", "to": "2026-05-31", **options}
    words = [word for name, value in said.items() for word in (f"--{name}", value)]
    runner = CliRunner(env={"LANGUAGE": "en"})
    return runner.invoke(reports, ["export", *words, "--to-folder", str(folder), *more])


def times(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_mtime_ns for name in NAMES}


def listed(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / LIST).read_bytes())["parts"]


def test_a_folder_gets_a_file_a_month_and_a_list_of_them(tmp_path: Path) -> None:
    result = run(tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == [str(tmp_path / "new" / name) for name in NAMES]
    assert "3 files are there (0 of them were there before), 3 rows." in result.stderr
    assert [part["left_out_restricted"] for part in listed(tmp_path / "new")] == [0, 0, 0]
    for part in listed(tmp_path / "new"):
        content = (tmp_path / "new" / part["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == part["sha256"]
        assert pq.read_table(tmp_path / "new" / part["name"]).num_rows == part["rows"] == 1


def test_what_an_earlier_run_finished_is_kept(tmp_path: Path) -> None:
    run(tmp_path)
    before = times(tmp_path)
    result = run(tmp_path)
    assert "(2 of them were there before)" in result.stderr
    after = times(tmp_path)
    assert [after[name] == before[name] for name in NAMES] == [True, True, False]


def test_a_file_that_is_broken_or_gone_is_built_anew(tmp_path: Path) -> None:
    run(tmp_path)
    good = [part["sha256"] for part in listed(tmp_path)]
    (tmp_path / NAMES[0]).write_bytes(b"half a fi")
    (tmp_path / NAMES[1]).unlink()
    assert "(0 of them were there before)" in run(tmp_path).stderr
    assert [part["sha256"] for part in listed(tmp_path)] == good


def test_a_list_that_cannot_be_read_counts_for_nothing(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / LIST).write_text("{")
    assert run(tmp_path).exit_code == 0
    assert len(listed(tmp_path)) == 3


def test_what_a_list_of_an_earlier_version_does_not_say_is_counted_anew(tmp_path: Path) -> None:
    run(tmp_path)
    earlier = json.loads((tmp_path / LIST).read_bytes())
    for part in earlier["parts"]:
        del part["left_out_restricted"]
    (tmp_path / LIST).write_text(json.dumps(earlier))
    assert "(0 of them were there before)" in run(tmp_path).stderr
    assert [part["left_out_restricted"] for part in listed(tmp_path)] == [0, 0, 0]


def test_csv_is_written_too(tmp_path: Path) -> None:
    assert run(tmp_path, what="assignments", format="csv").exit_code == 0
    (first, *_) = sorted(tmp_path.glob("80-assignments-*.csv"))
    assert first.read_bytes().startswith(b"province,report,number,agency,")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"from": "2026-06-01", "to": "2026-05-01"}, "ends (2026-05-01) before it begins"),
        ({"from": "1900-01-01"}, "longer than 100 years"),
        ({"from": "2026-05-04"}, "is in the future"),
        ({"from": "0001-01-01", "to": "0001-12-31"}, "--from is 0001-01-01; it must be between"),
        ({"to": "9999-12-31"}, "--to is 9999-12-31; it must be between 1900 and 2200"),
    ],
)
def test_a_period_that_cannot_be_meant_is_refused_in_words(
    options: dict[str, str], said: str, tmp_path: Path
) -> None:
    result = run(tmp_path, **options)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(tmp_path / "file" / "below")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
