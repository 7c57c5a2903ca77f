"""Keeps the processes of the service running, and stops them together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from reports_service.core.lifeline import ended_with_parent

LOOK_EVERY_S = 0.2
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 30.0  # one that ran so long starts again after the shortest pause
ASK_AGAIN_AFTER_S = 4.5  # the second SIGTERM makes a worker give up the job it is at
KILL_AFTER_S = 7.0


@dataclass
class Child:
    """One process of the service: a web server, the worker, the clock of periodic tasks."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    needed: bool = False  # by the others: it is stopped when they have ended

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the parent only, which stops all."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=ended_with_parent(),
        )

    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def plan_restart(self) -> None:
        """Put the next start off, longer each time it ends soon after its start."""
        now = time.monotonic()
        steady = now - self.started_at > STEADY_AFTER_S
        self.pause_s = FIRST_PAUSE_S if steady else min(self.pause_s * 2, LONGEST_PAUSE_S)
        self.start_again_at = now + self.pause_s

    def send(self, number: signal.Signals) -> None:
        """Signal it and what it started."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def ask_to_stop(self) -> None:
        """Signal it alone: it ends its own children in its own way."""
        if self.running() and self.process is not None:
            self.process.terminate()


@dataclass
class Family:
    """All children. ``on_end`` hears (name, exit code, seconds until the next start)."""

    children: list[Child]
    on_end: Callable[[str, int, float], None]
    _ended: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Start all that do not run yet."""
        for child in self.children:
            if not child.running():
                child.start()

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Start again whoever ends, until ``until`` holds; for ever by default."""
        while not until():
            for child in self.children:
                self._look_after(child)
            time.sleep(LOOK_EVERY_S)

    def _look_after(self, child: Child) -> None:
        if child.running() or child.process is None:
            return
        if child.name not in self._ended:
            self._ended.add(child.name)
            child.send(signal.SIGKILL)  # what it left behind would work beside its successor
            child.plan_restart()
            self.on_end(child.name, child.process.returncode, child.pause_s)
        elif time.monotonic() >= child.start_again_at:
            self._ended.discard(child.name)
            child.start()

    def stop(self) -> None:
        """Stop all within ten seconds: asked, asked again, then killed; those that others need
        when these have ended.
        """
        _end([child for child in self.children if not child.needed])
        _end([child for child in self.children if child.needed])


def _end(children: Sequence[Child]) -> None:
    asked_at = time.monotonic()
    _ask(children)
    _wait(children, asked_at + ASK_AGAIN_AFTER_S)
    _ask(children)
    _wait(children, asked_at + KILL_AFTER_S)
    for child in children:
        child.send(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _ask(children: Sequence[Child]) -> None:
    for child in children:
        child.ask_to_stop()


def _wait(children: Sequence[Child], deadline: float) -> None:
    while time.monotonic() < deadline and any(child.running() for child in children):
        time.sleep(0.05)
