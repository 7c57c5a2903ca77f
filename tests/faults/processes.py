"""Looking at processes: whose children they are, what they run. From /proc, so Linux only."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started; none where it has ended."""
    found: list[int] = []
    with suppress(OSError):  # it may end between two looks
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def tree(pid: int) -> Iterator[int]:
    """``pid`` and all below it."""
    yield pid
    for child in children(pid):
        yield from tree(child)


def command(pid: int) -> str:
    """What it runs; nothing where it has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return b" ".join(words).decode(errors="replace")


def running(pid: int) -> bool:
    """Whether it runs, and is no zombie that nobody has buried yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Send it a signal. Returns whether there was somebody to get it."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
