"""What commands say on the way: progress without a terminal, times, languages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from reports_service.cli import spoken
from reports_service.cli.doctor import local
from reports_service.cli.progress import progress
from reports_service.cli.sample_photo import EXIF_IFD, TAKEN_AT
from reports_service.core import clock
from tests.cli.conftest import Run

pytestmark = pytest.mark.any_engine


def test_without_a_terminal_progress_is_a_line_for_each_tenth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress("Đang dựng quá khứ   ", 200) as reached:
        for done in range(1, 201):
            reached(done, "09/03/2026")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[0] == "Đang dựng quá khứ"
    assert lines[-1] == "Đang dựng quá khứ: 100 % 09/03/2026"
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize(
    ("lang", "said"), [("C", "vi"), ("vi_VN.UTF-8", "vi"), ("en_GB.UTF-8", "en"), ("fr_FR", "vi")]
)
def test_the_command_line_is_vietnamese_unless_the_terminal_is_english(
    monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)
    assert spoken.language() == said


def test_the_help_says_how_the_language_is_chosen(run: Run) -> None:
    said = " ".join(run("--help").stdout.split())
    assert "else Vietnamese, unless the terminal's LANG begins with en" in said


def test_a_sample_photo_says_its_time_by_the_clock_of_the_deployment(
    run: Run, tmp_path: Path
) -> None:
    with clock.moved_to(datetime(2026, 3, 9, 2, tzinfo=UTC)):
        assert run("sample-photo", str(tmp_path / "lamp.jpg")).exit_code == 0
    with Image.open(tmp_path / "lamp.jpg") as photo:
        assert photo.getexif().get_ifd(EXIF_IFD)[TAKEN_AT] == "2026:03:09 09:00:00"


def test_the_doctor_tells_local_times(app: Flask) -> None:
    with app.app_context():
        assert local("2026-03-09T02:00:00+00:00") == "09:00:00 09/03/2026"
        assert local(None) == "-"
