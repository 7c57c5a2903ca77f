"""Brings the virtual environment in .venv up to date. Standard library only; runs before it exists.

Usage: environment.py FILE..., each a file of Python's requirements or a package-lock.json

A stamp (the hash of the files, of the Python and of the folder) makes a second call take
milliseconds. A marker stands while packages are being installed: after an interruption the
environment is made anew, since half a package looks like a whole one to pip.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
INSTALLING = VENV / "installing"
TAIL = 30  # lines of pip's words shown when it fails
LOCK = "package-lock.json"
NODE = "requirements-node.txt"  # only where the machine has none
NO_NODE = 3  # what node.py answers there


def main(names: list[str]) -> int:
    with one_at_a_time():
        missing = [name for name in names if not up_to_date(name)]
        if not missing:
            return 0
        try:
            make_environment()
            INSTALLING.touch()
            for name in missing:
                (install_libraries if name.endswith(LOCK) else install)(name)
                stamp_of(name).write_text(fingerprint(name))
            INSTALLING.unlink()
        except SetUpFailed as why:
            say(str(why))
            return 1
        except KeyboardInterrupt:
            say("\nStopped. The next call starts the set-up over.")
            return 130
    return 0


class SetUpFailed(Exception):
    """The environment could not be made; the message is for the person who typed."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep two commands typed at the same moment from building the same folder."""
    with (ROOT / "bin" / "support" / "environment.sh").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def up_to_date(name: str) -> bool:
    stamp = stamp_of(name)
    intact = VENV_PYTHON.exists() and not INSTALLING.exists()
    if name.endswith(LOCK):
        intact = intact and (ROOT / name).with_name("node_modules").exists()
    return intact and stamp.exists() and stamp.read_text() == fingerprint(name)


def stamp_of(name: str) -> Path:
    return VENV / f"{name.replace('/', '-')}.installed"


def fingerprint(name: str) -> str:
    """SHA-256 over what an environment depends on; the folder counts, it holds absolute paths."""
    digest = hashlib.sha256((ROOT / name).read_bytes())
    digest.update(f"{sys.version}\n{VENV}".encode())
    return digest.hexdigest()


def make_environment() -> None:
    if VENV_PYTHON.exists() and not INSTALLING.exists() and made_by_this_python():
        return
    say(f"Making a virtual environment in {VENV} with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    has_pip = importlib.util.find_spec("ensurepip") is not None
    try:
        venv.create(VENV, with_pip=has_pip)
    except (OSError, subprocess.CalledProcessError) as failed:
        raise SetUpFailed(f"The virtual environment could not be made: {failed}") from failed
    (site_packages() / "reports_service.pth").write_text(f"{ROOT}\n")
    (VENV / "python").write_text(sys.version)


def made_by_this_python() -> bool:
    made_by = VENV / "python"
    return made_by.exists() and made_by.read_text() == sys.version


def site_packages() -> Path:
    major, minor = sys.version_info[:2]
    return VENV / "lib" / f"python{major}.{minor}" / "site-packages"


def install(name: str) -> None:
    """Install the pins of ``name``, showing which package out of how many."""
    total = sum("==" in line for line in (ROOT / name).read_text().splitlines())
    say(f"Installing {total} packages of {name}")
    command = [*pip(), "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    said: list[str] = []
    with subprocess.Popen(
        [*command, "-r", str(ROOT / name)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as running:
        for line in running.stdout or ():
            said.append(line)
            show(line, total, seen=sum(earlier.startswith(SEEN) for earlier in said))
    if running.returncode:
        raise SetUpFailed("".join(said[-TAIL:]) + f"The packages of {name} could not be installed.")


def install_libraries(name: str) -> None:
    """Install the libraries that pages load, next to their lock file."""
    say(f"Installing the libraries of {name}")
    status = npm(name)
    if status == NO_NODE:
        install(NODE)
        status = npm(name)
    if status:
        raise SetUpFailed(f"The libraries of {name} could not be installed.")


def npm(name: str) -> int:
    script = ROOT / "bin" / "support" / "node.py"
    folder = (ROOT / name).parent
    return subprocess.run([sys.executable, script, folder, site_packages()], check=False).returncode


SEEN = ("Collecting ", "Requirement already satisfied: ")


def show(line: str, total: int, seen: int) -> None:
    if line.startswith("Collecting "):
        say(f"  [{seen}/{total}] {line.split()[1]}")
    elif line.startswith("Installing "):
        say("  Unpacking them all; this takes a moment")


def pip() -> list[str]:
    """The command that installs into .venv: its own pip, or another one's where Python lacks it."""
    if (site_packages() / "pip").exists():
        return [str(VENV_PYTHON), "-m", "pip"]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]
    raise SetUpFailed(
        "This Python comes without pip. On Debian and Ubuntu: apt install python3-venv. "
        "Or set PYTHON to another Python 3.11 or later."
    )


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
