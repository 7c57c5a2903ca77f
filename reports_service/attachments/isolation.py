"""Work done in a child process with limits, so that a picture made to harm ends the child only.

The child is forked from a process that has loaded the decoders already: that costs milliseconds,
where a fresh interpreter costs as much as a small picture. It only computes and writes to a pipe.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from reports_service.attachments.formats import (
    REASONS,
    BadPicture,
    PictureTooHeavy,
    PictureUnreadable,
)

_DONE, _REFUSED, _NO_MEMORY, _FAULT = b"+", b"-", b"m", b"!"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Bounds:
    """What a child may use. ``data_bytes``: private writable memory besides what it is born with.

    A worker with the whole service in memory is born with three times what a bare process has; a
    picture that fits into the one must fit into the other. ``pulse_s``: how often the parent looks
    up from waiting.
    """

    data_bytes: int = 450 * 1024 * 1024
    seconds: float = 60.0
    pulse_s: float = 10.0


class ChildLost(RuntimeError):
    """The child ended without an answer and not by its own limits: try again later."""


class ChildFault(RuntimeError):
    """The work raised something unforeseen in the child."""


@dataclass(frozen=True)
class Outcome:
    """What came back, and the child's largest resident memory in bytes, shared pages included."""

    answer: bytes
    peak_bytes: int


def run(
    work: Callable[[], bytes], bounds: Bounds, meanwhile: Callable[[], None] = lambda: None
) -> Outcome:
    """Do ``work`` in a child and return its bytes.

    ``meanwhile`` is called in this process at each pulse; what it raises ends the child.
    Raises the ``BadPicture`` that it raised, ``PictureTooHeavy`` where it needs more memory or time
    than the bounds, ``PictureUnreadable`` where a decoder crashed, ``ChildLost``, ``ChildFault``.
    """
    reader, writer = os.pipe()
    child = _fork()
    if child == 0:
        os.close(reader)
        _work_and_exit(work, bounds, writer)
    os.close(writer)
    try:
        said = _read_until(reader, bounds, meanwhile)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    finally:
        os.close(reader)
    if said is None:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    if said is None:
        raise PictureTooHeavy()
    return Outcome(_answer(said, status), usage.ru_maxrss * 1024)


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12+ warns where other threads run. The child takes none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work_and_exit(work: Callable[[], bytes], bounds: Bounds, writer: int) -> NoReturn:
    code = 1
    try:
        _obey(bounds)
        _write_all(writer, _said_by(work))
        code = 0
    finally:
        os._exit(code)  # nothing of the parent's is flushed, closed or rolled back here


def _obey(bounds: Bounds) -> None:
    for signal_ in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(signal_, signal.SIG_DFL)
    cpu_seconds = int(bounds.seconds) + 1  # holds even where the parent dies meanwhile
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    data_bytes = bounds.data_bytes + _born_with()
    resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _born_with() -> int:
    """Bytes of writable memory that the fork has from its parent, touched or only reserved."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:  # another system than Linux
        return 0
    said = dict(line.split(":", 1) for line in lines)
    return int(said["VmData"].split()[0]) * 1024


def _said_by(work: Callable[[], bytes]) -> bytes:
    try:
        return _DONE + work()
    except MemoryError:
        return _NO_MEMORY
    except BadPicture as bad:
        return _REFUSED + bad.code.encode()
    except Exception as fault:
        return _FAULT + f"{type(fault).__name__}: {fault}".encode(errors="replace")


def _write_all(writer: int, said: bytes) -> None:
    rest = memoryview(said)
    while rest:
        rest = rest[os.write(writer, rest) :]


def _read_until(reader: int, bounds: Bounds, meanwhile: Callable[[], None]) -> bytes | None:
    """All that the child writes, or None where it is not done in time."""
    deadline = time.monotonic() + bounds.seconds
    parts: list[bytes] = []
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if not poll.poll(min(left, bounds.pulse_s) * 1000):
            meanwhile()
            continue
        part = os.read(reader, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _answer(said: bytes, status: int) -> bytes:
    if os.WIFSIGNALED(status):
        killer = os.WTERMSIG(status)
        if killer == signal.SIGXCPU:
            raise PictureTooHeavy()
        if killer in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            raise ChildLost(f"the child was ended by {signal.Signals(killer).name}")
        raise PictureUnreadable()
    kind, rest = said[:1], said[1:]
    if kind == _DONE:
        return rest
    if kind == _REFUSED:
        raise REASONS.get(rest.decode(), BadPicture)()
    if kind == _NO_MEMORY:
        raise PictureTooHeavy()
    raise ChildFault(rest.decode(errors="replace") or f"the child ended with status {status}")
