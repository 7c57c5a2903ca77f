"""The README's tour, typed line by line at a service that was started as the README says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

# Pure: its service is another process, with a database of its own.
pytestmark = [pytest.mark.any_engine, pytest.mark.pure]

ROOT = Path(__file__).parents[2]
COMMAND_LINE = f"{sys.executable} -m reports_service.cli"
OPEN_WITHIN_S = 60


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A data folder of its own, a free port, and the demo's accounts without its past."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def service(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of web, worker and cron, running as ``bin/run`` runs them.

    The demo is laid, its simulated past is not: the tour needs none, and it takes a minute.
    """
    subprocess.run([*COMMAND_LINE.split(), "seed"], cwd=ROOT, env=environment, check=True)
    address = f"http://127.0.0.1:{environment['PORT']}"
    with (tmp_path / "serve.log").open("wb") as log:
        parent = subprocess.Popen(
            [*COMMAND_LINE.split(), "serve"],
            cwd=ROOT,
            env={**environment, "DEMO": "0"},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_open(address)
            yield address
        finally:
            parent.send_signal(signal.SIGTERM)
            assert parent.wait(timeout=30) == 0, (tmp_path / "serve.log").read_text()


def _wait_until_open(address: str) -> None:
    until = time.monotonic() + OPEN_WITHIN_S
    while True:
        try:
            urlopen(f"{address}/healthz", timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the service did not open"
            time.sleep(0.2)


def _tour(address: str, folder: Path) -> str:
    """The shell lines of the README's tour, at this address, with files in this folder."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = text.split("## A tour")[1].split("\n## ")[0]
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", tour, re.DOTALL))
    return (
        lines.replace("http://127.0.0.1:8022", address)
        .replace("/tmp/", f"{folder}/")
        .replace("bin/reports", COMMAND_LINE)
    )


def test_the_tour_of_the_readme_can_be_typed(
    service: str, environment: dict[str, str], tmp_path: Path
) -> None:
    assert shutil.which("curl"), "the README's tour is typed with curl, which is not installed here"
    typed = subprocess.run(
        ["bash", "-eu", "-c", _tour(service, tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert typed.returncode == 0, typed.stderr + typed.stdout
    said = typed.stdout
    assert '"status": 4' not in said, "no line of the tour is refused"
    assert "Phường Long Hoa" in said
    assert "gọi tôi •••" in said, "the public reads no phone number"
    statuses = [line for line in said.splitlines() if line in STATUS_NAMES]
    assert statuses == [
        "đang xử lý",
        "chờ bổ sung",
        "đang xử lý",
        "đã có kết quả",
        "đã chuyển xử lý",
        "đã có kết quả",
        "đã đóng",
    ]
    assert '"on_time_rate"' in said
    assert "2026-02-" in said, "the deadline over Tết"


STATUS_NAMES = frozenset(
    {"đang xử lý", "chờ bổ sung", "đã có kết quả", "đã chuyển xử lý", "đã đóng"}
)
