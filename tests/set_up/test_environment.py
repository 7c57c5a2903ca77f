"""bin/support/environment: made once, kept, made anew after an interruption. Without network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

SUPPORT = Path(__file__).resolve().parents[2] / "bin" / "support"


class Project:
    """A project without dependencies, so that its set-up asks nobody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requirements = folder / "requirements.txt"
        self.marker = folder / ".venv" / "installing"
        shutil.copytree(SUPPORT, folder / "bin" / "support")
        self.requirements.write_text("# none\n")

    def set_up(self) -> str:
        """Run the set-up; what it said."""
        done = subprocess.run(
            [sys.executable, "bin/support/environment.py", "requirements.txt"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("project"))
    assert "Making a virtual environment" in made.set_up()
    return made


def test_a_second_set_up_has_nothing_to_do_or_to_say(project: Project) -> None:
    assert project.set_up() == ""


def test_changed_requirements_are_installed_into_the_same_environment(project: Project) -> None:
    project.requirements.write_text("# none yet\n")
    said = project.set_up()
    assert "Installing" in said
    assert "Making" not in said


def test_an_interrupted_installation_is_started_over(project: Project) -> None:
    half_a_package = project.folder / ".venv" / "half_a_package"
    half_a_package.touch()
    project.marker.touch()
    assert "Making a virtual environment" in project.set_up()
    assert not half_a_package.exists()
    assert not project.marker.exists()


def test_the_environment_finds_the_project_from_any_folder(
    project: Project, tmp_path: Path
) -> None:
    (project.folder / "reports_service").mkdir(exist_ok=True)
    (project.folder / "reports_service" / "__init__.py").touch()
    python = project.folder / ".venv" / "bin" / "python"
    subprocess.run([python, "-c", "import reports_service"], cwd=tmp_path, check=True)


def test_a_failure_shows_what_pip_said(project: Project) -> None:
    project.requirements.write_text("no such thing, surely\n")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        project.set_up()
    assert "Invalid requirement" in failed.value.stderr
    assert "could not be installed" in failed.value.stderr


def test_a_machine_without_python_is_told_what_is_needed(tmp_path: Path) -> None:
    script = tmp_path / "bin" / "run"
    script.parent.mkdir()
    shutil.copytree(SUPPORT, tmp_path / "bin" / "support")
    script.write_text('. "$(dirname -- "$0")/support/environment.sh"\nset_up requirements.txt\n')
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or name)
    tried = subprocess.run(
        [tools / "sh", script],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 1
    assert "Python 3.11 or later is needed" in tried.stderr
