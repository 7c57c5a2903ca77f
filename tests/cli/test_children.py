"""The parent of web, worker and cron, tried on real processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reports_service.cli.children import Child, Family

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

COUNTS_ITS_STARTS = """
import sys, time
with open(sys.argv[1], "a") as starts:
    starts.write("started\\n")
if sys.argv[2] == "die":
    sys.exit(3)
time.sleep(60)
"""
LEAVES_A_CHILD_BEHIND = """
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(left.pid))
"""


def child(name: str, program: str, *words: str) -> Child:
    return Child(name, [sys.executable, "-c", program, *words], Path.cwd(), os.environ)


def lines_of(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


def reaches(file: Path, lines: int) -> Callable[[], bool]:
    return lambda: lines_of(file) >= lines


def nothing(_name: str, _code: int, _pause: float) -> None:
    pass


def test_a_child_that_ends_is_started_again_and_said_to_have_ended(tmp_path: Path) -> None:
    said: list[tuple[str, int]] = []
    starts = tmp_path / "starts"
    family = Family(
        [child("worker", COUNTS_ITS_STARTS, str(starts), "die")],
        on_end=lambda name, code, _pause: said.append((name, code)),
    )
    family.children[0].pause_s = 0.01
    family.start()
    family.watch(until=reaches(starts, 2))
    family.stop()
    assert said[0] == ("worker", 3)


def test_a_child_that_lives_is_left_alone(tmp_path: Path) -> None:
    calm, busy = tmp_path / "calm", tmp_path / "busy"
    family = Family(
        [
            child("web", COUNTS_ITS_STARTS, str(calm), "live"),
            child("worker", COUNTS_ITS_STARTS, str(busy), "die"),
        ],
        on_end=nothing,
    )
    family.children[1].pause_s = 0.01
    family.start()
    family.watch(until=reaches(busy, 2))
    family.stop()
    assert lines_of(calm) == 1


def test_stopping_ends_every_child(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    family = Family([child("web", COUNTS_ITS_STARTS, str(starts), "live")] * 1, on_end=nothing)
    family.start()
    family.watch(until=reaches(starts, 1))
    family.stop()
    assert not family.children[0].running()


def test_what_a_dead_child_left_running_ends_before_its_successor_starts(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    family = Family([child("worker", LEAVES_A_CHILD_BEHIND, str(pid_file))], on_end=nothing)
    family.start()
    family.watch(until=lambda: bool(family._ended))
    left = int(pid_file.read_text())
    state = Path(f"/proc/{left}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"
    family.stop()


SAYS_WHEN_IT_STOPS = """
import signal, sys, time
def stop(*_):
    with open(sys.argv[1], "a") as stopped:
        stopped.write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
open(sys.argv[1] + sys.argv[2], "w").write("ready\\n")
time.sleep(60)
"""


def test_a_child_that_others_need_is_stopped_when_they_have_ended(tmp_path: Path) -> None:
    stopped = tmp_path / "stopped"
    queue = child("queue", SAYS_WHEN_IT_STOPS, str(stopped), "queue")
    queue.needed = True
    family = Family([queue, child("worker", SAYS_WHEN_IT_STOPS, str(stopped), "worker")], nothing)
    family.start()
    ready = [reaches(tmp_path / f"stopped{name}", 1) for name in ("queue", "worker")]
    family.watch(until=lambda: all(is_ready() for is_ready in ready))
    family.stop()
    assert stopped.read_text().split() == ["worker", "queue"]


def test_a_child_that_ends_again_and_again_is_started_less_and_less_often() -> None:
    tired = child("worker", "")
    tired.start()
    pauses = []
    for _ in range(8):
        tired.plan_restart()
        pauses.append(tired.pause_s)
    tired.process.wait()
    assert pauses == sorted(pauses)
    assert pauses[-1] == 30
