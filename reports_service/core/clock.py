"""The one clock: aware, UTC. Tests and the simulation move it; nothing else reads the time.

Tests of faults let the clock of a whole service step, all its processes at once: they write seconds
into a file that the service was told to follow. The machine's clock is nobody's to turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)
_followed: list[Path] = []


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _moved.get() or datetime.now(UTC) + _step()


def follow(file: str | None) -> None:
    """Go wrong by the seconds that stand in ``file``, from now on; None: go right."""
    _followed[:] = [Path(file)] if file else []


def _step() -> timedelta:
    return timedelta(seconds=sum(float(file.read_text("ascii")) for file in _followed))


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let the clock stand at ``moment`` inside the block (in this thread or task only)."""
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
